import { Control } from '../ring/layout.js'
import { Counter } from '../stats/layout.js'
import type { ShardCounters } from '../stats/shard-counters.js'

/** Between two beats, in ms. */
const EVERY_MS = 250

/** Shows in shared memory that the thread's event loop turns, and how late it is. */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout

  constructor(control: Int32Array, counters: ShardCounters) {
    let dueAtMs = performance.now() + EVERY_MS
    this.#timer = setInterval(() => {
      const nowMs = performance.now()
      Atomics.add(control, Control.Heartbeat, 1)
      counters.set(Counter.loop_lag_ms, Math.max(nowMs - dueAtMs, 0))
      dueAtMs = nowMs + EVERY_MS
    }, EVERY_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
