import type { Dispatcher } from '../../index.js'
import type { HealthState, Phase } from './health.js'

/** What is watched of a dispatcher. */
type Watched = Pick<Dispatcher, 'on' | 'isReady'>

/** Keeps what the health of the program depends on. */
export class HealthWatch {
  phase: Phase = 'starting'
  #dispatcher: Watched | null = null
  #isQueueReachable = true
  readonly #shardsDown = new Set<number>()

  /** The dispatcher has started, with all its shards. */
  watch(dispatcher: Watched): void {
    this.#dispatcher = dispatcher
    dispatcher.on('shard-down', ({ shard }) => this.#shardsDown.add(shard))
    dispatcher.on('shard-restart', ({ shard }) => this.#shardsDown.delete(shard))
    // A queue that is full is reachable: it still takes what settles.
    dispatcher.on('queue-down', ({ reason }) => {
      this.#isQueueReachable = reason === 'full'
    })
    dispatcher.on('queue-up', () => {
      this.#isQueueReachable = true
    })
  }

  get state(): HealthState {
    return {
      phase: this.phase,
      areAppsRead: this.#dispatcher?.isReady ?? false,
      shardsDown: [...this.#shardsDown].toSorted((a, b) => a - b),
      isQueueReachable: this.#isQueueReachable,
    }
  }
}
