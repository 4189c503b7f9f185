import { z } from 'zod'
import { type Tolerance, toleranceOf } from './schema/tolerance.js'
import { layersOf } from './schema-path.js'

/** What is to be done with a value of one schema. Made once per schema, for apps are read by the million. */
export type Plan = ObjectPlan | RecordPlan | ArrayPlan | ValuePlan

interface ValuePlan {
  readonly kind: 'value'
  readonly tolerance: Tolerance
}

export interface ArrayPlan {
  readonly kind: 'array'
  readonly tolerance: Tolerance
  readonly item: Plan
}

/** An object whose keys are not known beforehand. */
export interface RecordPlan {
  readonly kind: 'record'
  readonly tolerance: Tolerance
  readonly member: Plan
}

export interface ObjectPlan {
  readonly kind: 'object'
  readonly tolerance: Tolerance
  readonly members: ReadonlyMap<string, Plan>
  readonly foreignKeys: ReadonlySet<string>
}

const plans = new WeakMap<z.ZodType, Plan>()

export function planOf(schema: z.ZodType): Plan {
  const known = plans.get(schema)
  if (known !== undefined) return known
  const plan = makePlan(schema)
  plans.set(schema, plan)
  return plan
}

function makePlan(schema: z.ZodType): Plan {
  const layers = layersOf(schema)
  const core = layers.at(-1)
  const tolerance: Tolerance = Object.assign({}, ...layers.map(toleranceOf))
  if (core instanceof z.ZodArray) return { kind: 'array', tolerance, item: planOf(core.element as z.ZodType) }
  if (core instanceof z.ZodRecord) return { kind: 'record', tolerance, member: planOf(core.valueType as z.ZodType) }
  if (!(core instanceof z.ZodObject)) return { kind: 'value', tolerance }
  const members = Object.entries(core.shape as Readonly<Record<string, z.ZodType>>).map(
    ([name, member]) => [name, planOf(member)] as const,
  )
  return { kind: 'object', tolerance, members: new Map(members), foreignKeys: new Set(tolerance.foreignKeys) }
}
