import type { Worker } from 'node:worker_threads'
import { ArenaMemory } from '../../src/arena/arena-memory.js'
import { type ArenaShape, SlabState } from '../../src/arena/layout.js'
import { Slabs } from '../../src/arena/slab.js'
import type { Dispatcher } from '../../src/dispatcher.js'

/** The part of a dispatcher's privacy that the watch looks into: a shard's arena, which outlives its threads. */
interface Shards {
  readonly shards: readonly {
    readonly memory: { readonly arena: SharedArrayBuffer; readonly shape: ArenaShape }
  }[]
}

/**
 * Notes which deliveries of the first shard are in flight whenever a thread of it dies. It reads the arena within the
 * thread's `exit` event, when nobody writes it: the successor is started by the same event, and has not yet been told to begin.
 */
export class InFlightWatch {
  /** Delivery ids that were in flight at some death. */
  readonly ids = new Set<string>()
  private readonly slabs: Slabs
  private readonly memory: ArenaMemory
  private readonly watched = new WeakSet<Worker>()

  constructor(private readonly dispatcher: Dispatcher) {
    const [shard] = (dispatcher as unknown as Shards).shards
    if (shard === undefined) throw new Error('the dispatcher has no shard')
    this.memory = new ArenaMemory(shard.memory.arena, shard.memory.shape)
    this.slabs = new Slabs(this.memory)
    dispatcher.on('shard-restart', () => this.watch())
  }

  /** Watches the thread that runs the shard now; those that follow it are watched by themselves. */
  watch(): void {
    const [thread] = this.dispatcher.threads
    if (thread == null || this.watched.has(thread)) return
    this.watched.add(thread)
    thread.prependListener('exit', () => this.note())
  }

  private note(): void {
    this.memory.forEachUsed((slab) => {
      if (this.slabs.state(slab) === SlabState.InFlight) this.ids.add(this.slabs.deliveryId(slab))
    })
  }
}
