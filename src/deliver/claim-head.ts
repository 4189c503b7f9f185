import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import type { JobHead } from '../queue/job.js'
import { monotonicOf } from '../time/clocks.js'
import type { Endpoint } from './endpoint.js'

/**
 * Claims a slab for a job of the store, and writes all but its body.
 * @param firstSeq of this run
 * @returns null when the arena has no room
 */
export function claimHead(
  batches: Batches,
  firstSeq: number,
  endpoint: Pick<Endpoint, 'appIndex' | 'number'>,
  { id, life, events, attempts, status, bodyBytes, seq, spentMs, firstEventAt, sealedAt }: JobHead,
  nowMs: number,
): SlabId | null {
  return batches.claimStored({
    app: endpoint.appIndex,
    endpoint: endpoint.number,
    id,
    life,
    order: seq - firstSeq,
    events,
    attempts,
    status,
    bodyBytes,
    firstEventAt: monotonicOf(firstEventAt),
    sealedAt: monotonicOf(sealedAt),
    firstAttemptAt: attempts === 0 ? 0 : nowMs - spentMs,
  })
}
