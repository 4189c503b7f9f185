import type { z } from 'zod'
import { type ArrayPlan, type ObjectPlan, type Plan, planOf, type RecordPlan } from './adapt-plan.js'
import type { ConfigProblem } from './errors.js'
import { withoutJsonText } from './json-text.js'
import { nearestKey } from './nearest-key.js'
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
  /** Nobody reads the warnings: what is looked at for their sake alone is passed over. */
  readonly isUnheard?: boolean
}

/**
 * Brings what was given into the form that the schema knows, as far as its meaning is clear: null becomes absent, keys that nobody
 * knows go, and each schema's own `Tolerance` is applied. The input stays as it is.
 */
export function adapt(
  schema: z.ZodType,
  input: unknown,
  { isRecord = false, isUnheard = false }: AdaptOptions = {},
): Adapted {
  const warnings: Noticed[] = []
  const problems: (Noticed & Pick<ConfigProblem, 'value' | 'expected'>)[] = []
  /** Of the value that is being visited. */
  const path: PropertyKey[] = []
  return { value: visit(planOf(schema), input, false), warnings, problems }

  function visit(plan: Plan, given: unknown, inText: boolean): unknown {
    const { repair, settle, takesJsonText } = plan.tolerance
    const takesText = inText || takesJsonText === true
    const plain = takesText && plan.kind !== 'value' && typeof given === 'string' ? withoutJsonText(given) : given
    const repaired = repair === undefined ? plain : repair(plain, warn, isUnheard)
    const visited = visitMembers(plan, repaired, takesText)
    return settle === undefined ? visited : settle(visited, warn)
  }

  function visitMembers(plan: Plan, value: unknown, inText: boolean): unknown {
    if (plan.kind === 'array') return Array.isArray(value) ? visitItems(plan, value, inText) : value
    if (plan.kind === 'value' || !isPlainObject(value)) return value
    return plan.kind === 'object' ? visitObject(plan, value, inText) : visitRecord(plan, value, inText)
  }

  function visitItems({ item }: ArrayPlan, items: readonly unknown[], inText: boolean): unknown {
    return items.map((member, index) => visitAt(index, item, member, inText))
  }

  function visitObject(plan: ObjectPlan, object: Readonly<Record<string, unknown>>, inText: boolean): unknown {
    const visited: Record<string, unknown> = {}
    for (const key of Object.keys(object)) {
      const member = object[key]
      if (member === null || member === undefined) continue
      const own = plan.members.get(key)
      if (own === undefined) noticeUnknown(key, member, plan)
      else visited[key] = visitAt(key, own, member, inText)
    }
    return visited
  }

  /** Its keys may be any, `__proto__` too. */
  function visitRecord(plan: RecordPlan, object: Readonly<Record<string, unknown>>, inText: boolean): unknown {
    const given = Object.entries(object).filter(([, member]) => member !== null && member !== undefined)
    return Object.fromEntries(given.map(([key, member]) => [key, visitAt(key, plan.member, member, inText)]))
  }

  function visitAt(key: PropertyKey, plan: Plan, member: unknown, inText: boolean): unknown {
    path.push(key)
    const visited = visit(plan, member, inText)
    path.pop()
    return visited
  }

  function warn(below: readonly PropertyKey[], what: string): void {
    warnings.push({ path: [...path, ...below], what })
  }

  function noticeUnknown(key: string, member: unknown, { members, foreignKeys, tolerance }: ObjectPlan): void {
    if (foreignKeys.has(key) || (isRecord && path.length === 0)) return
    const nearest = nearestKey(key, [...members.keys()])
    if (nearest !== null && !tolerance.isForeign) {
      const [value, expected] = [`an unknown key with ${kindOf(member)}`, `the key ${nearest}`]
      problems.push({ path: [...path, key], what: `${value} was given, expected ${expected}`, value, expected })
      return
    }
    const meant = nearest === null ? '' : `; did you mean ${nearest}?`
    warn([key], `${tolerance.unknownKey ?? 'this key is unknown and has no effect'}${meant}`)
  }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
