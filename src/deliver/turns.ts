/** What deliver does at each turn of the shard's loop, and at this time at the latest. */
export interface DeliverTurns {
  /** In ms; Infinity: nothing is to be done. */
  readonly nextAtMs: number
  run(nowMs: number): void
  /** The thread is about to rest until something comes. @returns false: `run` first */
  rest(): boolean
}
