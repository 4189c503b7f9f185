import { Timer } from '../../time/timer.js'

/** The time that the end of the program may take, from when it begins. */
export class Drain {
  readonly #limitMs: number
  readonly #over = new AbortController()
  #endsAtMs: number | null = null
  #timer: Timer | null = null

  /** @param limitMs Infinity: as long as it takes */
  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  /** Aborts when the time is over. */
  get over(): AbortSignal {
    return this.#over.signal
  }

  get hasBegun(): boolean {
    return this.#endsAtMs !== null
  }

  /** Begins it; later calls change nothing. @param nowMs monotonic */
  begin(nowMs: number): void {
    if (this.hasBegun) return
    this.#endsAtMs = nowMs + this.#limitMs
    this.#timer = new Timer(this.#limitMs, () => this.#over.abort())
  }

  /** What is left of it, in ms. @param nowMs monotonic */
  restMs(nowMs: number): number {
    return Math.max(0, (this.#endsAtMs ?? nowMs + this.#limitMs) - nowMs)
  }

  /** Nobody waits for its end any longer. */
  close(): void {
    this.#timer?.clear()
  }
}
