import type { z } from 'zod'
import type { ConfigProblem } from './errors.js'
import { nearestKey } from './nearest-key.js'
import { formatPath } from './path.js'
import { valueAt } from './schema/cross-check.js'
import { documentation } from './schema/option.js'
import { isContainer, knownKeys, schemasAlong } from './schema-path.js'
import { kindOf, showValue } from './shown-value.js'

type Issue = z.core.$ZodIssue

/**
 * What zod found, in the words of this project: one problem a place.
 * @param nameOf the name of the value at a path, where it did not come from there
 */
export function toProblems(
  issues: readonly Issue[],
  schema: z.ZodType,
  input: unknown,
  nameOf: (path: string) => string = (path) => path,
): readonly ConfigProblem[] {
  const problems = new Map<string, ConfigProblem>()
  for (const issue of issues) {
    for (const { path, value, expected } of findings(issue, schema, input)) {
      const name = nameOf(formatPath(path)) || 'configuration'
      const message = `${name}: ${value} was given, expected ${expected}`
      if (!problems.has(name)) problems.set(name, { path: name, value, expected, message })
    }
  }
  return [...problems.values()]
}

interface Finding {
  readonly path: readonly PropertyKey[]
  readonly value: string
  readonly expected: string
}

function findings(issue: Issue, schema: z.ZodType, input: unknown): readonly Finding[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(issue.path, key, schema, input))
  if (issue.code === 'invalid_key') {
    return [{ path: issue.path, value: 'the name', expected: issue.issues[0]?.message ?? issue.message }]
  }
  const got = issue.code === 'custom' ? issue.params?.got : undefined
  const value = typeof got === 'string' ? got : shownAt(issue.path, schema, input)
  return [{ path: issue.path, value, expected: issue.message }]
}

function unknownKey(at: readonly PropertyKey[], key: string, schema: z.ZodType, input: unknown): Finding {
  const known = knownKeys(schemasAlong(schema, at).at(-1)?.at(-1))
  const nearest = nearestKey(key, known)
  const expected = nearest === null ? `one of the keys ${known.join(', ')}` : `the key ${nearest}`
  const path = [...at, key]
  // The value of a misspelt secret is a secret.
  return { path, value: `an unknown key with ${kindOf(valueAt(input, path))}`, expected }
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
