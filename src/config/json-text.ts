/** Most levels of JSON text in JSON text that are undone; two have been found. */
const MOST_LEVELS = 4

/**
 * The object or array in a JSON text, as databases store it, and in the JSON text in it again, as some programs have stored it.
 * What is no such text is returned as it is.
 */
export function withoutJsonText(given: unknown): unknown {
  let value = given
  for (let level = 0; level < MOST_LEVELS && typeof value === 'string'; level++) {
    try {
      value = JSON.parse(value)
    } catch {
      return given
    }
  }
  return typeof value === 'object' ? value : given
}
