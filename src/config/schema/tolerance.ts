import { z } from 'zod'

/** Takes notes of what was put right. `at` is below the value that is looked at. */
export type Warn = (at: readonly PropertyKey[], what: string) => void

/** What a schema lets pass that its own rules would refuse. It is applied before zod sees the value. */
export interface Tolerance {
  /**
   * Puts a value right before its members are looked at. Returns the value itself when nothing is to be done. What serves warnings alone
   * may be left out where they are unheard.
   */
  readonly repair?: (value: unknown, warn: Warn, isUnheard: boolean) => unknown
  /** The same, once its members have been put right. */
  readonly settle?: (value: unknown, warn: Warn) => unknown
  /** Keys of an object that Sockudo reads and Signpost does not: neither an error nor a warning. */
  readonly foreignKeys?: readonly string[]
  /** A key that looks misspelt is a warning as any other unknown key: the section is Sockudo's own. */
  readonly isForeign?: boolean
  /** What an unknown key means here, after the colon. */
  readonly unknownKey?: string
  /** Whether text that holds JSON may stand for an object or an array, here and below: databases store them so. */
  readonly takesJsonText?: boolean
}

const tolerances = z.registry<Tolerance>()

/** Adds to what a schema lets pass. */
export function tolerant<S extends z.ZodType>(schema: S, tolerance: Tolerance): S {
  tolerances.add(schema, { ...tolerances.get(schema), ...tolerance })
  return schema
}

export function toleranceOf(schema: z.ZodType): Tolerance {
  return tolerances.get(schema) ?? {}
}
