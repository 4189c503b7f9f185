import { valueAt } from './value-at.js'

/** How environments spell the truth; the file knows `true` and `false` only. */
const TOGGLES: Readonly<Record<string, boolean>> = {
  '1': true,
  yes: true,
  on: true,
  true: true,
  '0': false,
  no: false,
  off: false,
  false: false,
}

/** @returns null when the text is neither */
export function readToggle(text: string): boolean | null {
  return TOGGLES[text.trim().toLowerCase()] ?? null
}

/** A copy that has `value` at `path`. What is no object on the way is wrong anyway, and stays to be reported; null is absent. */
export function withValueAt(target: unknown, path: readonly PropertyKey[], value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (target !== undefined && target !== null && (typeof target !== 'object' || Array.isArray(target))) return target
  return { ...target, [key]: withValueAt(valueAt(target, [key]), rest, value) }
}
