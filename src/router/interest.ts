import { FLAP_PAIRS } from '../config/flap-pairs.js'
import type { AppConfig } from '../config/model.js'
import { CUSTOM, eventTypeOf } from '../ring/event-types.js'

/** Which events of an app its shard must see. */
export interface Interest {
  /** A bit for each event type; bit 0: some custom names. */
  readonly types: number
  readonly names: ReadonlySet<string>
}

const NO_NAMES: ReadonlySet<string> = new Set()

const PARTNERS: ReadonlyMap<string, string> = new Map(
  FLAP_PAIRS.flatMap(({ leave, return: comeback }) => [
    [leave, comeback],
    [comeback, leave],
  ]),
)

/** @param holdsFlaps whether leaves wait for their return: then who wants one of a pair must be told of both */
export function interestOf({ webhooks }: AppConfig, holdsFlaps: boolean): Interest {
  let types = 0
  let names: Set<string> | null = null
  for (const { eventTypes } of webhooks) {
    for (const name of eventTypes) {
      const type = eventTypeOf(name)
      const partner = holdsFlaps ? PARTNERS.get(name) : undefined
      types |= 1 << type
      if (partner !== undefined) types |= 1 << eventTypeOf(partner)
      if (type === CUSTOM) {
        names ??= new Set()
        names.add(name)
      }
    }
  }
  return { types, names: names ?? NO_NAMES }
}
