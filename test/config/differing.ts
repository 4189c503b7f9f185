/** What of `value` is not the same in `base`: of objects the members, of everything else all of it. */
export function differing(value: unknown, base: unknown): unknown {
  if (!isObject(value) || !isObject(base)) return value
  const members = Object.entries(value).filter(([key, member]) => JSON.stringify(member) !== JSON.stringify(base[key]))
  return Object.fromEntries(members.map(([key, member]) => [key, differing(member, base[key])]))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
