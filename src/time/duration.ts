import { SignpostError } from '../signpost-error.js'

/** A length of time from a caller, checked: in ms, 0 or more, perhaps Infinity. */
export type Duration = number & { readonly duration: unique symbol }

/**
 * Checks a length of time that a caller has given.
 * @param value in ms; Infinity waits for as long as it takes
 * @param name of the option, for the message
 * @throws SignpostError `INVALID_DURATION` for anything but a number of 0 or more
 */
export function durationOf(value: unknown, name: string): Duration {
  if (typeof value === 'number' && value >= 0) return value as Duration
  const got = typeof value === 'number' ? String(value) : value === null ? 'null' : `a value of type ${typeof value}`
  throw new SignpostError('INVALID_DURATION', `${name} must be a number of ms, 0 or more, or Infinity, not ${got}`)
}
