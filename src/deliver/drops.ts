import type { SlabId } from '../arena/arena-memory.js'
import type { Slabs } from '../arena/slab.js'
import type { Notices } from '../shard/notices.js'
import { Counter } from '../stats/layout.js'
import type { ShardCounters } from '../stats/shard-counters.js'
import type { Endpoint } from './endpoint.js'

/** Counts what `drop-oldest` drops, and reports it once a turn of the loop and endpoint, so that a flood of drops is none of reports. */
export class Drops {
  readonly #unreported = new Map<Endpoint, { events: number; batches: number }>()

  readonly #slabs: Slabs
  readonly #counters: ShardCounters
  readonly #notices: Notices

  constructor(slabs: Slabs, counters: ShardCounters, notices: Notices) {
    this.#slabs = slabs
    this.#counters = counters
    this.#notices = notices
  }

  /** Takes note of a batch that is about to be dropped. */
  add(endpoint: Endpoint, slab: SlabId): void {
    const events = this.#slabs.events(slab)
    this.#counters.add(Counter.dropped_oldest, events)
    const known = this.#unreported.get(endpoint)
    if (known === undefined) {
      this.#unreported.set(endpoint, { events, batches: 1 })
      return
    }
    known.events += events
    known.batches += 1
  }

  /** Tells what was dropped since the last call. */
  report(): void {
    if (this.#unreported.size === 0) return
    for (const [{ app, config }, { events, batches }] of this.#unreported) {
      this.#notices.tell({ kind: 'dropped', report: { app: app.id, endpoint: config.id, events, batches } })
    }
    this.#unreported.clear()
  }
}
