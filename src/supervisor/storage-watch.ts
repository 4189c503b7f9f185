import { Lag } from '../hand-over/lag.js'
import { HandOverMemory, HandOverWord } from '../hand-over/layout.js'

interface Watched {
  readonly words: Int32Array
  readonly lag: Lag
}

/** Looks from outside how long what the shards hand over waits to be stored: a storage thread that is stuck, or dead, cannot say so. */
export class StorageWatch {
  readonly #watched: readonly Watched[]
  readonly #behind: (lagMs: number) => void

  /** @param behind called once when a shard's entries begin to wait for too long */
  constructor(handOvers: readonly SharedArrayBuffer[], behind: (lagMs: number) => void) {
    this.#watched = handOvers.map((shared) => ({ words: new HandOverMemory(shared).words, lag: new Lag() }))
    this.#behind = behind
  }

  /** Called every now and then. @returns the longest that an entry waits, in ms */
  look(nowMs: number): number {
    let longestMs = 0
    for (const { words, lag } of this.#watched) {
      lag.look(Atomics.load(words, HandOverWord.Tail), Atomics.load(words, HandOverWord.Head), nowMs)
      longestMs = Math.max(longestMs, lag.at(nowMs))
      if (lag.hasFallenBehind(nowMs)) this.#behind(lag.at(nowMs))
    }
    return longestMs
  }
}
