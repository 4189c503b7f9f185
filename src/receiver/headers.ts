/** Headers as node:http gives them, as any object with names in whatever case, or as the Fetch standard's `Headers`. */
export type WebhookHeaders = HeaderRecord | HeaderLookup

/** Headers as an object of names and values. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>
/** Headers that are asked for by name, such as the Fetch standard's. */
export interface HeaderLookup {
  /** The value of a header, whatever the case of its name; null: there is none. */
  get(name: string): string | null
}

/**
 * The value of a header; undefined when it is absent or empty.
 * @param name in lower case
 */
export function headerValue(headers: WebhookHeaders, name: string): string | undefined {
  const value = isLookup(headers) ? headers.get(name) : (headers[name] ?? inAnotherCase(headers, name))
  const text = typeof value === 'string' ? value : value?.join(', ')
  return text === '' ? undefined : text
}

function isLookup(headers: WebhookHeaders): headers is HeaderLookup {
  return typeof headers.get === 'function'
}

function inAnotherCase(headers: HeaderRecord, name: string): string | readonly string[] | undefined {
  const actual = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name)
  return actual === undefined ? undefined : headers[actual]
}
