const MASK = '***'
/** Names of fields whose values are nobody's business. */
const SECRET_NAME = /secret|password|passphrase|token|authorization|credential|private_?key|api_?key/i
const USER_INFO = /(?<scheme>[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#"']*@/gi
const DEEPEST = 8

/**
 * A value as it may be logged and written as JSON: without secrets, errors as objects, and cut where it is too deep. Nothing that
 * Signpost logs holds a secret; this is for the errors of drivers and servers, which quote what they were given.
 */
export function loggable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return withoutUserInfo(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === DEEPEST) return '[…]'
  if (value instanceof Date) return value
  if (Array.isArray(value)) return value.map((item) => loggable(item, depth + 1))
  const entries = value instanceof Error ? errorEntries(value) : Object.entries(value)
  return Object.fromEntries(
    entries.map(([name, member]) => [name, SECRET_NAME.test(name) ? MASK : loggable(member, depth + 1)]),
  )
}

export function withoutUserInfo(text: string): string {
  return text.replace(USER_INFO, `$<scheme>${MASK}@`)
}

function errorEntries(error: Error): readonly (readonly [string, unknown])[] {
  const { name, message, stack, cause } = error
  const own = Object.entries(error).filter(([key]) => key !== 'cause')
  return [
    ['name', name],
    ['message', message],
    ...own,
    ['stack', stack],
    ...(cause === undefined ? [] : [['cause', cause] as const]),
  ]
}
