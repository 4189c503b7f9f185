/** How long progress is looked at, and how often others are looked for, in ms. */
const WINDOW_MS = 5000
const PROBE_EVERY_MS = 1000

/** What is done when received batches wait and there is no room for more. */
export class Crowding {
  readonly #room: number
  #windowAtMs: number
  #accepted = 0
  /** In the window before; Infinity: there was none. */
  #acceptedBefore = Number.POSITIVE_INFINITY
  #probeAtMs = 0

  /** @param room batches that may wait */
  constructor(room: number, nowMs: number) {
    this.#room = room
    this.#windowAtMs = nowMs
  }

  accepted(jobs: number, nowMs: number): void {
    this.#turn(nowMs)
    this.#accepted += jobs
  }

  hasRoom(waiting: number): boolean {
    return waiting < this.#room
  }

  /** Starts one request for batches of endpoints of which none waits, if what waits is taken slowly. @returns whether it may be made */
  startProbe(waiting: number, nowMs: number): boolean {
    if (waiting >= 2 * this.#room || nowMs < this.#probeAtMs || !this.#isSlow(nowMs)) return false
    this.#probeAtMs = nowMs + PROBE_EVERY_MS
    return true
  }

  /** Starts to give the batches of one endpoint back, so that others are received, if that is needed. @returns whether it is */
  startRelief(waiting: number, nowMs: number): boolean {
    if (waiting < 2 * this.#room || !this.#isSlow(nowMs)) return false
    this.#acceptedBefore = Number.POSITIVE_INFINITY
    this.#windowAtMs = nowMs
    this.#accepted = 0
    return true
  }

  #isSlow(nowMs: number): boolean {
    this.#turn(nowMs)
    return Math.max(this.#accepted, this.#acceptedBefore) < this.#room / 2
  }

  #turn(nowMs: number): void {
    if (nowMs - this.#windowAtMs < WINDOW_MS) return
    this.#acceptedBefore = nowMs - this.#windowAtMs < 2 * WINDOW_MS ? this.#accepted : 0
    this.#accepted = 0
    this.#windowAtMs = nowMs
  }
}
