import type { z } from 'zod'
import type { Noticed } from './adapt.js'
import { withValueAt } from './overlay.js'
import { schemasAlong } from './schema-path.js'
import { valueAt } from './value-at.js'

const QUEUE = ['queue', 'driver'] as const
const APPS = ['app_manager', 'driver'] as const

/** Sections that only some drivers read. */
const READERS: readonly {
  readonly section: readonly string[]
  readonly driver: readonly string[]
  readonly names: readonly string[]
}[] = [
  { section: ['queue', 'disk'], driver: QUEUE, names: ['disk'] },
  { section: ['queue', 'redis'], driver: QUEUE, names: ['redis'] },
  { section: ['queue', 'redis_cluster'], driver: QUEUE, names: ['redis-cluster'] },
  { section: ['queue', 'sqs'], driver: QUEUE, names: ['sqs'] },
  { section: ['database', 'redis'], driver: QUEUE, names: ['redis', 'redis-cluster'] },
  { section: ['database', 'mysql'], driver: APPS, names: ['mysql'] },
  { section: ['database', 'postgres'], driver: APPS, names: ['pgsql'] },
  { section: ['database', 'dynamodb'], driver: APPS, names: ['dynamodb'] },
  { section: ['database_pooling'], driver: APPS, names: ['mysql', 'pgsql'] },
  { section: ['app_manager', 'cache'], driver: APPS, names: ['mysql', 'pgsql', 'dynamodb'] },
]

/** The sections of drivers that the configuration does not use. */
export function unusedSections(input: unknown): readonly (readonly string[])[] {
  return READERS.filter(({ driver, names }) => {
    const used = valueAt(input, driver)
    return !names.some((name) => name === used)
  }).map(({ section }) => section)
}

export function isBelow(path: readonly PropertyKey[], section: readonly string[]): boolean {
  return section.every((key, index) => path[index] === key)
}

/**
 * What is wrong in a section that no driver uses fails no load: a file that serves Sockudo has many of them. What is wrong goes, and is
 * warned about.
 */
export function dropUnusedFaults(
  schema: z.ZodType,
  input: unknown,
): { readonly value: unknown; readonly warnings: readonly Noticed[] } {
  const warnings: Noticed[] = []
  let value = input
  for (const section of unusedSections(input)) {
    const own = schemasAlong(schema, section).at(section.length)?.[0]
    const given = valueAt(input, section)
    const result = own === undefined || given === undefined ? null : own.safeParse(given)
    if (result === null || result.success) continue
    const faults = result.error.issues.map((issue) => [...section, ...issue.path.slice(0, 1)])
    for (const path of new Map(faults.map((fault) => [fault.join('.'), fault])).values()) {
      warnings.push({ path, what: 'the value is invalid and ignored; no configured driver uses it' })
      value = withValueAt(value, path, undefined)
    }
  }
  return { value, warnings }
}
