import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { LoopDelays } from './messages.js'

const RESOLUTION_MS = 5

/** Node's monitor measures from one of its timers to the next: what exceeds the timer's own period is delay. */
export class LoopDelay {
  readonly #whole = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  readonly #recent = monitorEventLoopDelay({ resolution: RESOLUTION_MS })

  start(): void {
    this.#whole.enable()
    this.#recent.enable()
  }

  take(): LoopDelays {
    const recentP99 = beyondPeriod(this.#recent.percentile(99))
    this.#recent.reset()
    return { p50: beyondPeriod(this.#whole.percentile(50)), p99: beyondPeriod(this.#whole.percentile(99)), recentP99 }
  }
}

function beyondPeriod(ns: number): number {
  return Math.max(ns / 1e6 - RESOLUTION_MS, 0)
}
