import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Allocator } from '../../src/arena/allocator.js'
import { ArenaMemory, type SlabId } from '../../src/arena/arena-memory.js'
import { Batches } from '../../src/arena/batches.js'
import { ENVELOPE } from '../../src/arena/body.js'
import { DeliveryIds } from '../../src/arena/delivery-ids.js'
import { arenaShape, createArena, SlabState, SlabWord } from '../../src/arena/layout.js'
import { DeadLetters } from '../../src/deliver/dead-letters.js'
import { Freeing } from '../../src/deliver/disposal.js'
import type { Endpoint } from '../../src/deliver/endpoint.js'
import { Flushes } from '../../src/deliver/flushes.js'
import { Settlement } from '../../src/deliver/settlement.js'
import type { Upstream } from '../../src/deliver/upstream.js'
import { JOB_ID_BYTES } from '../../src/queue/job.js'
import type { DeadLetterQuery, DeadLetterSelection, ListedDeadLetter } from '../../src/shard/messages.js'
import { createShardBlock, SHARD_LAYOUT, type ShardMetric } from '../../src/stats/layout.js'
import { ShardCounters } from '../../src/stats/shard-counters.js'
import { unixMs } from '../../src/time/clocks.js'
import { slabBytesInUse } from '../arena/support/slab-bytes.js'
import { endpointOf } from './support/endpoints.js'

const test = suite('dead letters')

/** Events of a batch, in bytes, with which its slab has room for every error text here. */
const EVENT_BYTES = 400
/** Such a batch's slab. */
const SLAB_BYTES = 1024
const ALL: DeadLetterQuery = { all: true, limit: 100, after: null }

/** Dead letters in an arena of their own, that may hold so many of `SLAB_BYTES`. */
class Rig {
  readonly batches: Batches
  readonly letters: DeadLetters
  readonly settlement: Settlement
  /** What deliver has reported of the batches of all endpoints, dead letters not included. */
  heldBytes = 0
  /** The numbers of the endpoints of which a letter was discarded. */
  readonly discarded: number[] = []
  whenDiscarded: () => void = () => undefined
  private readonly block = createShardBlock()

  constructor(slabs = 100) {
    const shape = arenaShape(1024 * 1024, 16_384)
    this.batches = new Batches(
      new Allocator(new ArenaMemory(createArena(shape), shape)),
      ENVELOPE,
      new DeliveryIds(),
      () => unixMs(1_700_000_000_050),
    )
    const counters = new ShardCounters(this.block)
    const upstream: Upstream = {
      held: (_, bytes) => {
        this.heldBytes += bytes
      },
      grew: () => undefined,
      called: () => undefined,
      discarded: (endpoint) => {
        this.discarded.push(endpoint)
        this.whenDiscarded()
      },
    }
    const disposal = new Freeing(this.batches.allocator)
    this.letters = new DeadLetters(this.batches, slabs * SLAB_BYTES, counters, upstream, disposal)
    const flushes = new Flushes(shape.pages * shape.pageBytes)
    this.settlement = new Settlement(this.batches, this.letters, flushes, counters, upstream, disposal)
  }

  /** A sealed batch that the endpoint holds. */
  batch(endpoint: Endpoint, eventBytes = EVENT_BYTES): SlabId {
    const slab = this.batches.open(endpoint.appIndex, endpoint.number, eventBytes, 1, 1_700_000_000_000)
    if (slab === null) throw new Error('the arena is full')
    this.batches.seal(slab, 'flush', 1_700_000_000_050)
    this.heldBytes += this.batches.allocator.memory.slabBytes(slab)
    return slab
  }

  /** Buries as many batches of the endpoint. @returns their ids */
  bury(endpoint: Endpoint, count = 1): string[] {
    return Array.from({ length: count }, () => {
      const slab = this.batch(endpoint)
      this.settlement.bury(endpoint, slab, 503, 'status', 'answered 503\ntwice')
      return this.batches.slabs.deliveryId(slab)
    })
  }

  ids(selection: DeadLetterSelection = { all: true }, after: number | null = null): string[] {
    return this.letters.list({ ...selection, limit: 100, after }).map(({ id }) => id)
  }

  count(metric: ShardMetric): number {
    return new Float64Array(this.block)[SHARD_LAYOUT.at[metric]] ?? 0
  }
}

test('say what was given up, and why', () => {
  const rig = new Rig()
  const [id] = rig.bury(endpointOf(1))
  const [letter] = rig.letters.list(ALL)
  assert.equal(
    { ...letter, diedAt: 0, firstEventAt: 0, position: 0 },
    {
      id,
      app: 'app',
      endpoint: 'endpoint-1',
      events: 0,
      attempts: 0,
      status: 503,
      cause: 'status',
      error: 'answered 503\ntwice',
      firstEventAt: 0,
      firstAttemptAt: null,
      diedAt: 0,
      position: 0,
    },
  )
})

test('no longer count as the endpoint’s share of the arena', () => {
  const rig = new Rig()
  const endpoint = endpointOf(1)
  rig.bury(endpoint, 3)
  assert.equal([rig.heldBytes, endpoint.deadLetters], [0, 3])
})

test('are counted with their bytes', () => {
  const rig = new Rig()
  rig.bury(endpointOf(1), 3)
  assert.equal([rig.count('dead_letters'), rig.count('dead_letter_bytes')], [3, 3 * SLAB_BYTES])
})

test('of which one moved for its error text is kept, counted and listed where it is now', () => {
  const rig = new Rig()
  const endpoint = endpointOf(1)
  const slab = rig.batch(endpoint, 10)
  const id = rig.batches.slabs.deliveryId(slab)
  const error = 'e'.repeat(300)
  rig.settlement.bury(endpoint, slab, 503, 'status', error)
  const [letter] = rig.letters.list(ALL)
  const usedBytes = slabBytesInUse(rig.batches.allocator)
  assert.equal([letter?.id, letter?.error, rig.heldBytes], [id, error, 0])
  assert.equal([rig.count('dead_letter_bytes'), rig.batches.slabs.state(slab)], [usedBytes, SlabState.Free])
})

test('give the oldest up when they hold more than they may', () => {
  const rig = new Rig(2)
  const ids = rig.bury(endpointOf(1), 5)
  assert.equal([rig.ids(), slabBytesInUse(rig.batches.allocator)], [ids.slice(3), 2 * SLAB_BYTES])
})

test('keep the newest, however little they may hold', () => {
  const rig = new Rig(0)
  const ids = rig.bury(endpointOf(1), 3)
  assert.equal(rig.ids(), ids.slice(2))
})

test('give the oldest up when somebody else needs the room', () => {
  const rig = new Rig()
  const ids = rig.bury(endpointOf(1), 2)
  const evictions = [1, 2, 3].map(() => rig.letters.evictOldest())
  assert.equal([evictions, rig.ids(), ids.length], [[true, true, false], [], 2])
})

test('are listed a page at a time, each once', () => {
  const rig = new Rig()
  const ids = rig.bury(endpointOf(1), 7)
  const pages: ListedDeadLetter[][] = []
  for (let after: number | null = null; ; after = pages.at(-1)?.at(-1)?.position ?? null) {
    const page: ListedDeadLetter[] = rig.letters.list({ all: true, limit: 3, after })
    if (page.length === 0) break
    pages.push(page)
  }
  assert.equal(
    pages.map((page) => page.map(({ id }) => id)),
    [ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)],
  )
})

test('are listed on from where the page before ended, though its last one is gone', () => {
  const rig = new Rig()
  const ids = rig.bury(endpointOf(1), 4)
  const last = rig.letters.list(ALL)[1]
  rig.letters.purge({ ids: ids.slice(1, 2) })
  assert.equal(rig.ids({ all: true }, last?.position ?? null), ids.slice(2))
})

test('have died at different times, however fast they died', () => {
  const rig = new Rig(1000)
  rig.bury(endpointOf(1), 500)
  const times = rig.letters.list({ all: true, limit: 1000, after: null }).map(({ position }) => position)
  assert.equal([new Set(times).size, times], [500, times.toSorted((a, b) => a - b)])
})

test('are selected by id, by app and by endpoint', () => {
  const rig = new Rig()
  const [first] = rig.bury(endpointOf(1))
  const [second] = rig.bury(endpointOf(2))
  rig.bury(endpointOf(2, {}, 'other'))
  assert.equal(
    [
      rig.ids({ ids: [second ?? ''] }),
      rig.ids({ app: 'app' }),
      rig.ids({ app: 'app', endpoint: 'endpoint-2' }),
      rig.ids({ app: 'other', endpoint: 'endpoint-1' }),
    ],
    [[second], [first, second], [second], []],
  )
})

test('come back to life under the ids that they had', () => {
  const rig = new Rig()
  const endpoint = endpointOf(1)
  const ids = rig.bury(endpoint, 2)
  const revived = rig.letters.revive({ all: true })
  const { slabs } = rig.batches
  assert.equal(
    revived.map(({ slab }) => [slabs.deliveryId(slab), slabs.state(slab)]),
    ids.map((id) => [id, SlabState.Sealed]),
  )
})

test('count as the endpoint’s share again when they come back to life', () => {
  const rig = new Rig()
  const endpoint = endpointOf(1)
  rig.bury(endpoint, 2)
  rig.letters.revive({ all: true })
  assert.equal([rig.heldBytes, endpoint.deadLetters, rig.letters.size], [2 * SLAB_BYTES, 0, 0])
})

test('do not let their endpoint go when they come back to life', () => {
  const rig = new Rig()
  rig.bury(endpointOf(1), 2)
  rig.letters.revive({ all: true })
  assert.equal(rig.discarded, [])
})

test('let their endpoint go when they are purged', () => {
  const rig = new Rig()
  rig.bury(endpointOf(1), 2)
  assert.equal([rig.letters.purge({ all: true }), rig.discarded, rig.batches.allocator.usedBytes], [2, [1, 1], 0])
})

test('purge only what is selected', () => {
  const rig = new Rig()
  rig.bury(endpointOf(1))
  const kept = rig.bury(endpointOf(2))
  rig.letters.purge({ app: 'app', endpoint: 'endpoint-1' })
  assert.equal(rig.ids(), kept)
})

test('free the slab of a batch that dies once more, under the same id, and keep its endpoint', () => {
  const rig = new Rig()
  const endpoint = endpointOf(1)
  const [first, second] = [rig.batch(endpoint), rig.batch(endpoint)]
  const idAt = (slab: SlabId): number => slab + SlabWord.DeliveryId * 4
  const { bytes } = rig.batches.allocator.memory
  bytes.copyWithin(idAt(second), idAt(first), idAt(first) + JOB_ID_BYTES)
  rig.settlement.bury(endpoint, first, 503, 'status', 'once')
  const countsThen: number[] = []
  rig.whenDiscarded = () => countsThen.push(endpoint.deadLetters)
  rig.settlement.bury(endpoint, second, 500, 'status', 'twice')
  const errors = rig.letters.list(ALL).map(({ error }) => error)
  const usedBytes = slabBytesInUse(rig.batches.allocator)
  assert.equal([errors, endpoint.deadLetters, countsThen, usedBytes], [['twice'], 1, [1], SLAB_BYTES])
})

test.run()
