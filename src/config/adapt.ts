import { z } from 'zod'
import type { ConfigProblem } from './errors.js'
import { withoutJsonText } from './json-text.js'
import { nearestKey } from './nearest-key.js'
import { type Tolerance, toleranceOf } from './schema/tolerance.js'
import { isContainer, knownKeys, layersOf } from './schema-path.js'
import { kindOf } from './shown-value.js'

/** What a value became, and what was noticed on the way. */
export interface Adapted {
  readonly value: unknown
  readonly warnings: readonly Noticed[]
  readonly problems: readonly (Noticed & Pick<ConfigProblem, 'value' | 'expected'>)[]
}

export interface Noticed {
  readonly path: readonly PropertyKey[]
  readonly what: string
}

export interface AdaptOptions {
  /** The input is a record of a database: what its table holds beside is its owner's, and no reason for a warning. */
  readonly isRecord?: boolean
}

/**
 * Brings what was given into the form that the schema knows, as far as its meaning is clear: null becomes absent, keys that nobody
 * knows go, and each schema's own `Tolerance` is applied. The input stays as it is.
 */
export function adapt(schema: z.ZodType, input: unknown, { isRecord = false }: AdaptOptions = {}): Adapted {
  const warnings: Noticed[] = []
  const problems: (Noticed & Pick<ConfigProblem, 'value' | 'expected'>)[] = []
  return { value: visit(schema, input, [], false), warnings, problems }

  function visit(at: z.ZodType, given: unknown, path: readonly PropertyKey[], inText: boolean): unknown {
    const layers = layersOf(at)
    const core = layers.at(-1) ?? at
    const tolerance = Object.assign({}, ...layers.map(toleranceOf)) as Tolerance
    const warn = (below: readonly PropertyKey[], what: string) => warnings.push({ path: [...path, ...below], what })
    const takesText = inText || tolerance.takesJsonText === true
    const plain = takesText && isContainer(core) ? withoutJsonText(given) : given
    const repaired = tolerance.repair === undefined ? plain : tolerance.repair(plain, warn)
    const visited = visitMembers(core, repaired, path, takesText, tolerance)
    return tolerance.settle === undefined ? visited : tolerance.settle(visited, warn)
  }

  function visitMembers(
    core: z.ZodType,
    value: unknown,
    path: readonly PropertyKey[],
    inText: boolean,
    tolerance: Tolerance,
  ): unknown {
    if (core instanceof z.ZodArray && Array.isArray(value)) {
      return value.map((item, index) => visit(core.element as z.ZodType, item, [...path, index], inText))
    }
    if (!isPlainObject(value)) return value
    const given = Object.entries(value).filter(([, member]) => member !== null && member !== undefined)
    if (core instanceof z.ZodRecord) {
      const type = core.valueType as z.ZodType
      return Object.fromEntries(given.map(([key, member]) => [key, visit(type, member, [...path, key], inText)]))
    }
    if (!(core instanceof z.ZodObject)) return value
    const known = knownKeys(core)
    const members = given.flatMap(([key, member]) => {
      if (known.includes(key)) return [[key, visit(core.shape[key] as z.ZodType, member, [...path, key], inText)]]
      if (!tolerance.foreignKeys?.includes(key)) noticeUnknown(key, member, known, path, tolerance)
      return []
    })
    return Object.fromEntries(members)
  }

  function noticeUnknown(
    key: string,
    member: unknown,
    known: readonly string[],
    at: readonly PropertyKey[],
    { isForeign = false, unknownKey }: Tolerance,
  ): void {
    if (isRecord && at.length === 0) return
    const path = [...at, key]
    const nearest = nearestKey(key, known)
    if (nearest !== null && !isForeign) {
      const [value, expected] = [`an unknown key with ${kindOf(member)}`, `the key ${nearest}`]
      problems.push({ path, what: `${value} was given, expected ${expected}`, value, expected })
      return
    }
    const meant = nearest === null ? '' : `; the key ${nearest} looks like it`
    warnings.push({ path, what: `${unknownKey ?? 'this key is unknown and has no effect'}${meant}` })
  }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
