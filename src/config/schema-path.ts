import { z } from 'zod'

/** The schemas of the values along a path, the whole's first. Ends where the path leaves what the schema describes. */
export function schemasAlong(schema: z.ZodType, path: readonly PropertyKey[]): readonly (readonly z.ZodType[])[] {
  const layers = layersOf(schema)
  const [key, ...rest] = path
  const next = key === undefined ? undefined : memberOf(layers.at(-1), key)
  return next === undefined ? [layers] : [layers, ...schemasAlong(next, rest)]
}

/** The schema and those that it wraps: all of one value. */
export function layersOf(schema: z.ZodType): z.ZodType[] {
  const inner = innerOf(schema)
  return inner === undefined ? [schema] : [schema, ...layersOf(inner)]
}

function innerOf(schema: z.ZodType): z.ZodType | undefined {
  const wraps =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  return wraps ? (schema.unwrap() as z.ZodType) : undefined
}

function memberOf(schema: z.ZodType | undefined, key: PropertyKey): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return memberOfShape(schema.shape, key)
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType
  return undefined
}

function memberOfShape(shape: Readonly<Record<PropertyKey, unknown>>, key: PropertyKey): z.ZodType | undefined {
  return Object.hasOwn(shape, key) ? (shape[key] as z.ZodType) : undefined
}

/** Whether a value of this schema holds others, so that it cannot be shown in a few words. */
export function isContainer(schema: z.ZodType | undefined): boolean {
  return schema instanceof z.ZodObject || schema instanceof z.ZodArray || schema instanceof z.ZodRecord
}
