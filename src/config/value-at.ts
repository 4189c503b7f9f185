/** undefined where the path leads nowhere. */
export function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    return isGiven(value) && Object.hasOwn(value, key) ? value[key] : undefined
  }, given)
}

function isGiven(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null
}
