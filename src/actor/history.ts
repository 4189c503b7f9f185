import type { SlabId } from '../arena/arena-memory.js'
import { SlabState } from '../arena/layout.js'
import type { Recovered } from '../arena/recovery.js'
import type { Slabs } from '../arena/slab.js'
import type { EndpointNumber } from '../indexes.js'

/** What recovery knows of an endpoint: what of the ring is in its slabs already. */
export interface EndpointHistory {
  readonly open: SlabId | null
  readonly lastSequence: number | null
  readonly lastHeldSequence: number | null
}

export const NO_HISTORY: EndpointHistory = { open: null, lastSequence: null, lastHeldSequence: null }

/** What of the ring and of the held events each endpoint, by its number, has in the slabs that a dead thread left. */
export function endpointHistories(slabs: Slabs, recovered: Recovered): Map<EndpointNumber, EndpointHistory> {
  const histories = new Map<EndpointNumber, EndpointHistory>()
  const { dead, sealed, settled, left, parked, open } = recovered
  for (const slab of [...dead, ...settled, ...left, ...parked, ...sealed, ...open]) {
    if (isFromStore(slabs, slab)) continue
    const number = slabs.endpoint(slab)
    histories.set(number, extended(histories.get(number), slabs, slab))
  }
  return histories
}

/** A batch that came back from the store was sealed by none here: its events were never in this ring. */
function isFromStore(slabs: Slabs, slab: SlabId): boolean {
  return slabs.state(slab) !== SlabState.Open && slabs.sealedBy(slab) === 'none'
}

function extended(former: EndpointHistory | undefined, slabs: Slabs, slab: SlabId): EndpointHistory {
  return {
    open: slabs.state(slab) === SlabState.Open ? slab : null,
    lastSequence: later(former?.lastSequence, slabs.lastSequence(slab)),
    lastHeldSequence: later(former?.lastHeldSequence, slabs.lastHeldSequence(slab)),
  }
}

function later(a: number | null | undefined, b: number): number {
  return a == null || ((b - a) | 0) > 0 ? b : a
}
