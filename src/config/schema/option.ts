import { z } from 'zod'

/** What the JSON Schema, the configuration table and the error messages say of an option. */
export interface OptionInfo {
  /** Name among the definitions of the JSON Schema. */
  readonly id?: string
  readonly description?: string
  /** In the form in which a file gives it; null: there is none. */
  readonly default?: unknown
  /** Holds a secret, or may: its value is never shown. */
  readonly writeOnly?: true
  /** `uri`: credentials and query are left out wherever the value is shown. */
  readonly format?: 'uri'
  readonly 'x-unit'?: string
  /** The global option that counts when this one is not given. */
  readonly 'x-overrides'?: string
  /** Further JSON Schema keywords for what the schema checks by code. */
  readonly oneOf?: readonly object[]
}

/** Kept apart from zod's global registry, where a host's own schemas may use the same ids. */
export const documentation = z.registry<OptionInfo>()

/** Attaches what is said of an option to its schema. */
export function documented<S extends z.ZodType>(schema: S, info: OptionInfo): S {
  // zod offers `register` only where the metadata has the shape that the schema's own type permits; ours has for all.
  documentation.add(schema, info)
  return schema
}

/** An option that has a value when it is not given. */
export function setting<S extends z.ZodType>(
  schema: S,
  fallback: z.util.NoUndefined<z.output<S>>,
  description: string,
): z.ZodDefault<S> {
  const info = { ...withoutId(schema), description }
  documented(schema, info)
  return documented(schema.default(fallback), { ...info, default: fallback })
}

/** An option that need not be given; null, as other programs write it, is the same as absent. */
export function optional<S extends z.ZodType>(
  schema: S,
  description: string,
  info: OptionInfo = {},
): z.ZodOptional<z.ZodNullable<S>> {
  return documented(schema.nullish(), { ...withoutId(schema), ...info, description })
}

/** One id names one schema, not those made of it. */
function withoutId(schema: z.ZodType): OptionInfo {
  const { id: _, ...info } = documentation.get(schema) ?? {}
  return info
}

/** An object of options in which an unknown key is an error. */
export function section<S extends z.ZodRawShape>(shape: S, expected = 'an object'): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, { error: whenNoObject(expected) })
}

/** An object that other programs share: unknown keys are theirs. */
export function sharedSection<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$loose> {
  return z.looseObject(shape, { error: whenNoObject('an object') })
}

function whenNoObject(expected: string) {
  return (issue: { code?: string | undefined }) => (issue.code === 'invalid_type' ? expected : undefined)
}

export type Overrides<S extends z.ZodRawShape> = {
  [K in keyof S]: S[K] extends z.ZodDefault<infer T extends z.ZodType> ? z.ZodOptional<z.ZodNullable<T>> : S[K]
}

/**
 * The same options as a webhook gives them: without defaults, for what is not given is taken from the global ones.
 * @param at the path of the global options
 */
export function overrides<S extends z.ZodRawShape>(shape: S, at: string): Overrides<S> {
  const entries = Object.entries(shape).map(([name, schema]) => {
    const { default: _, ...info } = documentation.get(schema) ?? {}
    return [name, documented(bare(schema).nullish(), { ...info, 'x-overrides': `${at}.${name}` })]
  })
  return Object.fromEntries(entries) as Overrides<S>
}

function bare(schema: unknown): z.ZodType {
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
  return wrapped ? bare(schema.unwrap()) : (schema as z.ZodType)
}
