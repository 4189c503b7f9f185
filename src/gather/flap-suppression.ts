import type { FlapParts } from '../actor/flaps.js'
import { HeldRecords } from '../actor/held-records.js'
import type { FlapMetric, FlapPorts } from '../actor/ports.js'
import type { Batches } from '../arena/batches.js'
import type { WakeUps } from '../collections/wake-ups.js'
import type { AppIndex, Sequence } from '../indexes.js'
import { Control } from '../ring/layout.js'
import { Counter } from '../stats/layout.js'
import type { ShardCounters } from '../stats/shard-counters.js'
import type { EmissionClock } from './emission-clock.js'

/**
 * What the flaps of a shard's apps need. The note of the last event that was swallowed is its sequence and one: a new ring's
 * word is 0, and its first event has the sequence 0.
 */
export class FlapSuppression implements FlapPorts {
  readonly #control: Int32Array
  readonly #releases: WakeUps<AppIndex>
  readonly #counters: ShardCounters

  constructor(control: Int32Array, releases: WakeUps<AppIndex>, counters: ShardCounters) {
    this.#control = control
    this.#releases = releases
    this.#counters = counters
  }

  setRelease(app: AppIndex, atMs: number): void {
    this.#releases.set(app, atMs)
  }

  suppress(sequence: Sequence): void {
    Atomics.store(this.#control, Control.Suppressed, (sequence + 1) | 0)
  }

  wasSuppressed(sequence: Sequence): boolean {
    return Atomics.load(this.#control, Control.Suppressed) === ((sequence + 1) | 0)
  }

  count(metric: FlapMetric, amount: number): void {
    this.#counters.add(Counter[metric], amount)
  }
}

/** What flap suppression needs of the shard. */
export interface FlapHost {
  readonly batches: Batches
  readonly releases: WakeUps<AppIndex>
  readonly counters: ShardCounters
  readonly emission: EmissionClock
}

/** @returns null when the window is 0: no flap is suppressed */
export function createFlapParts(windowMs: number, control: Int32Array, host: FlapHost): FlapParts | null {
  if (windowMs === 0) return null
  const ports = new FlapSuppression(control, host.releases, host.counters)
  const { emission } = host
  return {
    windowMs,
    ports,
    records: new HeldRecords(host.batches),
    emittedAtMs: (event, nowMs) => emission.emittedAtMs(event, nowMs),
  }
}
