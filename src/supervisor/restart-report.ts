import type { Recovery } from '../shard/messages.js'

/** A shard's thread died and another has taken over. */
export interface RestartReport {
  readonly shard: number
  /** What ended the thread. */
  readonly cause: Error
  readonly recovery: Recovery
  /** From the notice of the death to the first turn of the new thread, in ms. */
  readonly tookMs: number
}
