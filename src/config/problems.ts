import type { z } from 'zod'
import type { ConfigProblem } from './errors.js'
import { formatPath } from './path.js'
import { documentation } from './schema/option.js'
import { isContainer, schemasAlong } from './schema-path.js'
import { kindOf, showValue } from './shown-value.js'
import { valueAt } from './value-at.js'

type Issue = z.core.$ZodIssue

export interface Finding {
  readonly path: readonly PropertyKey[]
  readonly value: string
  readonly expected: string
}

/** What zod found, in the words of this project. @param input what zod saw */
export function toFindings(issues: readonly Issue[], schema: z.ZodType, input: unknown): readonly Finding[] {
  return issues.map((issue) => {
    if (issue.code === 'invalid_key') {
      return { path: issue.path, value: 'the name', expected: issue.issues[0]?.message ?? issue.message }
    }
    const got = issue.code === 'custom' ? issue.params?.got : undefined
    const value = typeof got === 'string' ? got : shownAt(issue.path, schema, input)
    return { path: issue.path, value, expected: issue.message }
  })
}

/**
 * One problem a place.
 * @param nameOf the name of the value at a path, where it did not come from there
 */
export function toProblems(
  findings: readonly Finding[],
  input: unknown,
  nameOf: (path: string) => string = (path) => path,
): readonly ConfigProblem[] {
  const problems = new Map<string, ConfigProblem>()
  for (const { path, value, expected } of findings) {
    const name = nameOf(formatPath(path, input)) || 'configuration'
    const message = `${name}: ${value} was given, expected ${expected}`
    if (!problems.has(name)) problems.set(name, { path: name, value, expected, message })
  }
  return [...problems.values()]
}

function shownAt(path: readonly PropertyKey[], schema: z.ZodType, input: unknown): string {
  const value = valueAt(input, path)
  const along = schemasAlong(schema, path)
  const layers = along.at(-1) ?? []
  const infos = along.flat().map((layer) => documentation.get(layer))
  const known = along.length === path.length + 1
  if (!known || isContainer(layers.at(-1)) || infos.some((info) => info?.writeOnly)) return kindOf(value)
  return showValue(value, { isUrl: layers.some((layer) => documentation.get(layer)?.format === 'uri') })
}
