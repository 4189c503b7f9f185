import { isIP } from 'node:net'
import { z } from 'zod'
import { documented } from './option.js'
import { tolerant } from './tolerance.js'

/** The types of single values. The message of every issue is what was expected, as a noun. */

interface Range {
  readonly min: number
  readonly max: number
  readonly unit?: string
  /** Sockudo takes what is outside of the range, and it is clear what counts instead: too much becomes `max`, and 0 `min`. */
  readonly clamps?: 'too much' | 'too much and 0'
}

/** Also as a string of digits, as Sockudo writes numbers. */
export function integer({ min, max, unit, clamps }: Range) {
  const error = `an integer from ${min} to ${max}${unit === undefined ? '' : ` (${unit})`}`
  const number = z.int({ error }).min(min, { error }).max(max, { error })
  const digits = z.string({ error }).regex(/^\d{1,16}$/, { error })
  const schema = inUnit(z.union([number, digits.transform(Number).pipe(number)], { error }), unit)
  if (clamps === undefined) return schema
  return tolerant(schema, {
    repair: (given, warn) => {
      const value = wholeNumber(given)
      if (value === null) return given
      if (value > max) warn([], `${value} is above the maximum; ${max} is used`)
      else if (value === 0 && min > 0 && clamps === 'too much and 0') warn([], `0 is below the minimum; ${min} is used`)
      else return given
      return value === 0 ? min : max
    },
  })
}

/** What was given as a number or as a string of digits; null: it is neither. */
export function wholeNumber(given: unknown): number | null {
  const value = typeof given === 'string' && /^\d{1,40}$/.test(given) ? Number(given) : given
  return typeof value === 'number' && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY) ? value : null
}

/** A share of something, 0 to 1, also as a string. @param above the value itself is too small */
export function share({ above }: { above?: number } = {}) {
  const error = above === undefined ? 'a number from 0 to 1' : `a number greater than ${above} and at most 1`
  const bounded = z.number({ error }).max(1, { error })
  const number = above === undefined ? bounded.min(0, { error }) : bounded.gt(above, { error })
  const decimal = z.string({ error }).regex(/^(?:\d{1,16}|\d{0,16}\.\d{1,16})$/, { error })
  return z.union([number, decimal.transform(Number).pipe(number)], { error })
}

/** Also as `"true"` and `"false"`, and as the 1 and 0 that MySQL stores. */
export function toggle() {
  const error = 'true or false'
  const word = z.enum(['true', 'false'], { error }).transform((text) => text === 'true')
  const bit = z.literal([0, 1], { error }).transform((given) => given === 1)
  return z.union([z.boolean({ error }), word, bit], { error })
}

/** @param explain what is expected instead of a value that others know; null: one of the names */
export function choice<const T extends readonly [string, ...string[]]>(
  names: T,
  explain: (given: unknown) => string | null = () => null,
) {
  const oneOf = `one of ${names.map((name) => JSON.stringify(name)).join(', ')}`
  return z.enum(names, { error: ({ input }) => explain(input) ?? oneOf })
}

interface TextForm {
  /** In UTF-16 units. */
  readonly min?: number
  readonly max?: number
  readonly pattern?: RegExp
  readonly noun?: string
}

export function text({ min = 1, max = 1024, pattern, noun = 'a string' }: TextForm = {}) {
  const error = `${noun} of ${min} to ${max} characters`
  const bounded = z.string({ error }).min(min, { error }).max(max, { error })
  return pattern === undefined ? bounded : bounded.regex(pattern, { error })
}

/** @param noun what the items are, in the plural */
export function list<S extends z.ZodType>(item: S, noun: string) {
  return z.array(item, { error: `an array of ${noun}` })
}

export function ipAddress() {
  const error = 'an IPv4 or IPv6 address'
  return z.string({ error }).refine((given) => isIP(given) !== 0, { error })
}

/** A network in CIDR notation, or one address. */
export function network() {
  const error = 'a network in CIDR notation such as "10.0.0.0/8" or "fd00::/8", or one IP address'
  return z
    .string({ error })
    .refine(isNetwork, { error })
    .transform((given) => (given.includes('/') ? given : `${given}/${isIP(given) === 4 ? 32 : 128}`))
}

function isNetwork(given: string): boolean {
  const [address = '', prefix, ...rest] = given.split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  if (rest.length > 0 || bits < 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
}

/**
 * A point in time, as Unix time in ms. Seconds, a usual mistake, would be in January 1970 and are refused, in whatever form. TOML's own
 * dates come here as the text that they are in the file.
 */
export function moment() {
  const error = 'an ISO 8601 date or date and time with a zone, or a Unix time in ms, not before March 1973'
  const earliest = 100_000_000_000
  const unixMs = z.int({ error }).min(earliest, { error })
  const digits = z.string({ error }).regex(/^\d{12,16}$/, { error })
  const date = z.union([z.iso.datetime({ offset: true, error }), z.iso.date({ error }), z.date({ error })], { error })
  return z.union(
    [unixMs, digits.transform(Number).pipe(unixMs), date.transform((given) => new Date(given).getTime()).pipe(unixMs)],
    { error },
  )
}

function inUnit<S extends z.ZodType>(schema: S, unit: string | undefined): S {
  return unit === undefined ? schema : documented(schema, { 'x-unit': unit })
}
