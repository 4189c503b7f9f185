const LONGEST_TEXT = 80

/** A value for people, shortened. Of a URL, credentials and query are left out. */
export function showValue(value: unknown, { isUrl }: { isUrl: boolean }): string {
  if (typeof value === 'string') return JSON.stringify(shorten(isUrl ? redactUrl(value) : value))
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  return kindOf(value)
}

/** What sort of value it is, without a word of what it says. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value instanceof Date) return 'a date'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function shorten(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`
}

/** Also of what is no URL, for a mistake in it must not bring the secret to light: too much goes rather than too little. */
export function redactUrl(text: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? ''
  const credentials = text.lastIndexOf('@')
  const open = credentials < 0 ? text : `${scheme}***${text.slice(credentials)}`
  return open.replace(/[?#].*$/s, '?***')
}
