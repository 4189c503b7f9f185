/** What the process's environment holds. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A value that came from the environment: where it went, and the variable that it came from. */
export interface EnvironmentValue {
  readonly path: readonly PropertyKey[]
  readonly variable: string
}

export interface Overlaid {
  readonly input: unknown
  readonly from: readonly EnvironmentValue[]
  /** Variables whose value is not of their kind; what the file says counts, as in Sockudo. */
  readonly ignored: readonly { readonly variable: string; readonly what: string }[]
}
