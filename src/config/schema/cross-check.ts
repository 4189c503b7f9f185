import type { z } from 'zod'
import { formatPath } from '../path.js'
import { valueAt } from '../value-at.js'

/** What was given, where single options may be wrong still. */
export type Given = Readonly<Record<string, unknown>>

export type Report = (problem: {
  /** Below the section. */
  path: PropertyKey[]
  expected: string
  /** What was given, where the value at the path does not say it. */
  got?: string
}) => void

/**
 * Adds a check between options. It runs even when single options are wrong, so that one error tells of all problems; for
 * zod to do so, no check of a single value may be given `abort: true`.
 */
export function crossChecked<S extends z.ZodType>(section: S, check: (given: Given, report: Report) => void): S {
  return section.superRefine(
    (given, context) => {
      check(given as Given, ({ path, expected, got }) => {
        context.addIssue({ code: 'custom', path, message: expected, ...(got !== undefined && { params: { got } }) })
      })
    },
    { when: ({ value }) => typeof value === 'object' && value !== null },
  )
}

/** Reports every item of the lists at `paths` whose `id` an earlier one has; items without an id are no duplicates. */
export function reportDuplicateIds(given: Given, paths: readonly (readonly string[])[], report: Report): void {
  const seen = new Map<string, PropertyKey[]>()
  for (const path of paths) {
    const items = valueAt(given, path)
    for (const [index, item] of (Array.isArray(items) ? items : []).entries()) {
      const id = valueAt(item, ['id'])
      if (typeof id !== 'string') continue
      const earlier = seen.get(id)
      const place = [...path, index]
      if (earlier === undefined) seen.set(id, place)
      else report({ path: [...place, 'id'], expected: `a unique id; ${formatPath(earlier)} has the same one` })
    }
  }
}
