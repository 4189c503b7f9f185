import { Allocator } from '../../../src/arena/allocator.js'
import { ArenaMemory, type SlabId } from '../../../src/arena/arena-memory.js'
import { Batches } from '../../../src/arena/batches.js'
import { ENVELOPE } from '../../../src/arena/body.js'
import { DeliveryIds } from '../../../src/arena/delivery-ids.js'
import { type ArenaShape, createArena } from '../../../src/arena/layout.js'
import { createHandOver } from '../../../src/hand-over/layout.js'
import { HandOverProducer } from '../../../src/hand-over/producer.js'
import type { JobTarget } from '../../../src/queue/job.js'
import { ShardSide } from '../../../src/storage/shard-side.js'
import { append } from '../../arena/support/arenas.js'

const SHAPE: ArenaShape = { pageBytes: 16_384, pages: 8, reserveBytes: 0 }

export const APP = 3
export const ENDPOINT = 5
export const TARGET: JobTarget = { app: 'app-3', endpoint: 'endpoint-5' }

/** The memory that a shard shares with the storage thread, and both ends of it, each of which can be made again. */
export class SharedShard {
  readonly arena = createArena(SHAPE)
  readonly handOver = createHandOver(64)
  batches: Batches
  producer: HandOverProducer
  rings = 0
  #events = 0

  constructor() {
    this.producer = this.#makeProducer()
    this.batches = this.#makeBatches()
  }

  /** The shard's end dies: another one begins with what it left. */
  restartShard(): void {
    this.producer = this.#makeProducer()
    this.batches = this.#makeBatches()
  }

  /** The storage thread's end, as another storage thread makes it. */
  side(firstSeq = 1): ShardSide {
    const { arena, handOver } = this
    return new ShardSide({ shard: 0, arena, shape: SHAPE, handOver }, this.batches.suffixBytes, firstSeq)
  }

  /** A sealed batch with so many events. */
  sealed(events = 1, bytes = 0): SlabId {
    const bodies = Array.from({ length: events }, () => JSON.stringify({ n: ++this.#events, data: 'x'.repeat(bytes) }))
    const slab = this.batches.open(APP, ENDPOINT, Buffer.byteLength(bodies.join()), 1, 1)
    if (slab === null) throw new Error('the arena of the test has no room')
    bodies.forEach((json, index) => {
      append(this.batches, slab, json, index + 1)
    })
    this.batches.seal(slab, 'flush', 1)
    return slab
  }

  /** Slabs that are not free. */
  get used(): number {
    let used = 0
    this.batches.allocator.memory.forEachUsed(() => {
      used += 1
    })
    return used
  }

  #makeProducer(): HandOverProducer {
    return new HandOverProducer(this.handOver, new ArenaMemory(this.arena, SHAPE), () => {
      this.rings += 1
    })
  }

  #makeBatches(): Batches {
    const allocator = new Allocator(new ArenaMemory(this.arena, SHAPE))
    return new Batches(allocator, ENVELOPE, new DeliveryIds(), undefined, this.producer)
  }
}
