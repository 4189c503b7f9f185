import type { Schedule } from './schedule.js'

/** After so long the event loop gets its turn, in ms. */
const SLICE_MS = 2
/** The clock is read once for so many events. */
const BURST = 32
const REFUSED_WAIT_MS = 1

export interface EmissionPorts {
  readonly nowMs: () => number
  /** @returns whether the event was taken; if not, it is offered again */
  readonly offer: (number: number, dueMs: number) => boolean
}

/**
 * Offers events one after the other as their schedule says. A refused one is offered again until it is taken and keeps
 * the time at which it was due; those behind it wait, and are late themselves.
 *
 * running → (every event taken, its time over, `stop`, or nothing taken for `giveUpMs`) → ended
 */
export class Emission {
  /** Events taken; the number of the one that is next. */
  taken = 0
  #isStopped = false
  #startedAtMs = 0
  #takenAtMs = 0
  /** When the refused event was due; null: none waits. */
  #heldDueMs: number | null = null
  #ended: () => void = () => undefined

  readonly #schedule: Schedule
  readonly #giveUpMs: number
  readonly #ports: EmissionPorts

  constructor(schedule: Schedule, giveUpMs: number, ports: EmissionPorts) {
    this.#schedule = schedule
    this.#giveUpMs = giveUpMs
    this.#ports = ports
  }

  /** @param startMs when the first event is due, on the clock of `nowMs` */
  run(startMs: number): Promise<void> {
    this.#startedAtMs = startMs
    this.#takenAtMs = startMs
    return new Promise((resolve) => {
      this.#ended = resolve
      this.#slice()
    })
  }

  stop(): void {
    this.#isStopped = true
  }

  #slice(): void {
    const waitMs = this.#untilNextSlice()
    if (waitMs === null) this.#ended()
    else if (waitMs > 0) setTimeout(() => this.#slice(), waitMs)
    else setImmediate(() => this.#slice())
  }

  /** Offers what is due. @returns how long to wait then, in ms; null: it is over */
  #untilNextSlice(): number | null {
    const startMs = this.#elapsedMs()
    for (let nowMs = startMs; nowMs - startMs <= SLICE_MS; nowMs = this.#elapsedMs()) {
      if (this.#isOver(nowMs)) return null
      const until = Math.min(this.#schedule.dueBy(nowMs), this.taken + BURST)
      if (!this.#offerUntil(until, nowMs)) return REFUSED_WAIT_MS
      const idleMs = this.taken < this.#schedule.events ? this.#schedule.idleFor(this.taken, nowMs) : 0
      if (idleMs > 0) return idleMs
    }
    return 0
  }

  #isOver(nowMs: number): boolean {
    const { taken } = this
    const schedule = this.#schedule
    if (this.#isStopped || taken >= schedule.events || schedule.isOver(nowMs)) return true
    return this.#heldDueMs !== null && nowMs + this.#startedAtMs - this.#takenAtMs > this.#giveUpMs
  }

  #offerUntil(until: number, nowMs: number): boolean {
    const before = this.taken
    while (this.taken < until) {
      const dueMs = this.#heldDueMs ?? this.#schedule.dueAt(this.taken, nowMs)
      if (!this.#ports.offer(this.taken, dueMs)) {
        this.#heldDueMs = dueMs
        break
      }
      this.#heldDueMs = null
      this.taken += 1
    }
    if (this.taken > before) this.#takenAtMs = nowMs + this.#startedAtMs
    return this.taken >= until
  }

  #elapsedMs(): number {
    return this.#ports.nowMs() - this.#startedAtMs
  }
}
