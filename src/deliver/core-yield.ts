import { monotonicNow as now } from '../time/clocks.js'

/** A thread that is at work for less than this part of the time gives its core away anyway, … */
const IDLE = 0.2
/** … and one that is for more has no time to give. Naps count as work. */
const BUSY = 0.8
const EVERY_MS = 0.5
/** What is asked for, in ms. The kernel adds its timer slack, 50 µs by default on Linux, and what others use of the core. */
const NAP_MS = 0.01

/**
 * Gives the thread's core away for a moment in each half millisecond, as cooperative schedulers do. Where all cores are at work,
 * a thread that wakes up, as the host's does at every event of its own, waits until the kernel takes a core from another: with
 * slices of milliseconds that is what a busy shard adds to the host's event loop (benchmark `loop-delay`).
 */
export class CoreYield {
  #lastMs = Number.NEGATIVE_INFINITY

  readonly #nap: () => number

  /** @param nap blocks the thread for a moment. Returns Unix time in ms after it */
  constructor(nap: () => number = blockBriefly) {
    this.#nap = nap
  }

  /**
   * To be called between two pieces of work.
   * @param utilization of the thread's event loop, 0 to 1
   */
  pause(nowMs: number, utilization: number): void {
    if (nowMs - this.#lastMs < EVERY_MS || utilization < IDLE || utilization > BUSY) return
    this.#lastMs = this.#nap()
  }
}

const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

function blockBriefly(): number {
  Atomics.wait(never, 0, 0, NAP_MS)
  return now()
}
