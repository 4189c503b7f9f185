import type { FlapMetric, FlapPorts } from '../actor/ports.js'
import { Control } from '../ring/layout.js'
import { Counter } from '../stats/layout.js'
import type { ShardCounters } from '../stats/shard-counters.js'
import type { WakeUps } from './wake-ups.js'

/**
 * What the flaps of a shard's apps need. The note of the last event that was swallowed is its sequence and one: a new ring's
 * word is 0, and its first event has the sequence 0.
 */
export class FlapSuppression implements FlapPorts {
  constructor(
    private readonly control: Int32Array,
    private readonly releases: WakeUps,
    private readonly counters: ShardCounters,
  ) {}

  setRelease(app: number, atMs: number): void {
    this.releases.set(app, atMs)
  }

  suppress(sequence: number): void {
    Atomics.store(this.control, Control.Suppressed, (sequence + 1) | 0)
  }

  wasSuppressed(sequence: number): boolean {
    return Atomics.load(this.control, Control.Suppressed) === ((sequence + 1) | 0)
  }

  count(metric: FlapMetric, amount: number): void {
    this.counters.add(Counter[metric], amount)
  }
}
