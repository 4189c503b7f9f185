import { valueAt } from './value-at.js'

/** What a key may look like to be shown: else it may be a secret that stands in the wrong place. */
const SHOWABLE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/

/**
 * `a.b[0]["c-d"]`: the way to a value, as one would write it in code. A key that is no name is shown by its place and length alone.
 * @param root the whole value; without it a key that is no name has no place
 */
export function formatPath(path: readonly PropertyKey[], root?: unknown): string {
  return path.map((key, index) => formatKey(key, index === 0, () => placeOf(path.slice(0, index), key, root))).join('')
}

/** @param place of the key among the keys of its object, from 1; 0: unknown */
export function formatKey(key: PropertyKey, first: boolean, place: () => number): string {
  if (typeof key === 'number') return `[${key}]`
  const name = String(key)
  if (!SHOWABLE.test(name)) return `[key ${place()}, ${name.length} characters]`
  if (!/^\w+$/.test(name)) return `[${JSON.stringify(name)}]`
  return first ? name : `.${name}`
}

function placeOf(parent: readonly PropertyKey[], key: PropertyKey, root: unknown): number {
  const object = valueAt(root, parent)
  return typeof object === 'object' && object !== null ? Object.keys(object).indexOf(String(key)) + 1 : 0
}
