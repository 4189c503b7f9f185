/** `a.b[0]["c-d"]`: the way to a value, as one would write it in code. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.map((key, index) => formatKey(key, index === 0)).join('')
}

function formatKey(key: PropertyKey, first: boolean): string {
  if (typeof key === 'number') return `[${key}]`
  const name = String(key)
  if (!/^\w+$/.test(name)) return `[${JSON.stringify(name)}]`
  return first ? name : `.${name}`
}
