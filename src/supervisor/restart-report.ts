import type { Recovery } from '../shard/messages.js'

/** A shard's thread died and another has taken over. */
export interface RestartReport {
  /** The number of the shard, from 0. */
  readonly shard: number
  /** What ended the thread. */
  readonly cause: Error
  /** What the new thread found. */
  readonly recovery: Recovery
  /** From the notice of the death to the first turn of the new thread, in ms. */
  readonly tookMs: number
}
