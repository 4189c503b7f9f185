import type { Worker } from 'node:worker_threads'
import { ArenaMemory } from '../../src/arena/arena-memory.js'
import { SlabState } from '../../src/arena/layout.js'
import { Slabs } from '../../src/arena/slab.js'
import type { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'

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

  constructor(private readonly dispatcher: WorkerDispatcher) {
    const [memory] = dispatcher.memories
    if (memory === undefined) throw new Error('the dispatcher has no shard')
    this.memory = new ArenaMemory(memory.arena, memory.shape)
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
