import { MAX_RECONNECT_MS, MIN_RECONNECT_MS } from './http-limits.js'

/** Keeps the replacement of bad connections from becoming a storm: a pause before the next one, which doubles with each. */
export class ReconnectPause {
  #nextMs = MIN_RECONNECT_MS
  #endsAtMs = Number.NEGATIVE_INFINITY

  /** A connection was given up without having been of use. */
  failed(nowMs: number): void {
    // Several that fail together are one failure.
    if (this.leftMs(nowMs) > 0) return
    this.#endsAtMs = nowMs + this.#nextMs
    this.#nextMs = Math.min(this.#nextMs * 2, MAX_RECONNECT_MS)
  }

  /** The receiver has answered. */
  succeeded(): void {
    this.#nextMs = MIN_RECONNECT_MS
  }

  /** How long no connection is to be made yet, in ms. */
  leftMs(nowMs: number): number {
    return Math.max(0, this.#endsAtMs - nowMs)
  }
}
