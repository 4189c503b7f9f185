import { z } from 'zod'
import type { ParsedConfig } from './parsed.js'
import { config } from './schema/config.js'
import { documentation } from './schema/option.js'
import { layersOf } from './schema-path.js'
import { redactUrl } from './shown-value.js'

const MASK = '***'

/** What counts, for people: without a secret, and without what may hold one. */
export function maskedConfig(effective: ParsedConfig): unknown {
  return masked(config, effective, false)
}

function masked(schema: z.ZodType, value: unknown, isSecret: boolean): unknown {
  const layers = layersOf(schema)
  const core = layers.at(-1)
  const infos = layers.map((layer) => documentation.get(layer))
  const hides = isSecret || infos.some((info) => info?.writeOnly)
  if (core instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item) => masked(core.element as z.ZodType, item, hides))
  }
  if (core instanceof z.ZodObject && isObject(value)) {
    return mapped(value, (member, key) => masked((core.shape[key] ?? z.unknown()) as z.ZodType, member, hides))
  }
  if (core instanceof z.ZodRecord && isObject(value)) {
    return mapped(value, (member) => masked(core.valueType as z.ZodType, member, hides))
  }
  if (value === undefined || value === null) return undefined
  if (hides) return value === '' ? '' : MASK
  return infos.some((info) => info?.format === 'uri') ? redactUrl(String(value)) : value
}

function mapped(
  object: Readonly<Record<string, unknown>>,
  change: (member: unknown, key: string) => unknown,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).map(([key, member]) => [key, change(member, key)]))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
