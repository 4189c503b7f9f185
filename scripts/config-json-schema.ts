import { z } from 'zod'
import { config } from '../src/config/schema/config.js'
import { documentation } from '../src/config/schema/option.js'

export type JsonSchema = { readonly [keyword: string]: unknown }

/**
 * The JSON Schema (draft 7, which editors know best) of the configuration as it is written. It says all that one value at
 * a time can be checked for; what options must hold between them is checked when a configuration is read.
 * @param date what it says of a `Date`, which exists in code only; in a file it is the string beside it
 */
export function configJsonSchema(date: JsonSchema = { type: 'string', format: 'date-time' }): JsonSchema {
  return z.toJSONSchema(config, {
    target: 'draft-07',
    io: 'input',
    metadata: documentation,
    // zod leaves out a default that it would have to convert back; ours are as a file gives them.
    override: ({ zodSchema, jsonSchema }) => {
      const { default: fallback } = documentation.get(zodSchema) ?? {}
      if (fallback === undefined) delete jsonSchema.default
      else jsonSchema.default = fallback as typeof jsonSchema.default
    },
    unrepresentable: ({ zodSchema }) => (zodSchema instanceof z.ZodDate ? { ...date } : 'throw'),
  })
}
