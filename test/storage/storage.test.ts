import { once } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { Custody } from '../../src/arena/custody.js'
import { StoreDownError, StoreFullError } from '../../src/queue/errors.js'
import { createStorageBlock } from '../../src/stats/layout.js'
import type { StorageNotice } from '../../src/storage/messages.js'
import { Storage } from '../../src/storage/storage.js'
import { StorageCounters } from '../../src/storage/storage-counters.js'
import { FakeStore } from '../queue/support/fake-store.js'
import { until } from '../support/until.js'
import { APP, ENDPOINT, SharedShard, TARGET } from './support/side.js'

const test = suite('a storage thread')

const DOWN = new StoreDownError('no')
const FULL = new StoreFullError('no room')

/** A storage thread that runs over a store that the test has do things, and a shard's end of what they share. */
class Bench {
  readonly shard = new SharedShard()
  readonly notices: StorageNotice['kind'][] = []
  readonly #storage: Storage
  readonly #port: MessagePort

  private constructor(storage: Storage, port: MessagePort, shard: SharedShard, notices: StorageNotice['kind'][]) {
    this.#storage = storage
    this.#port = port
    this.shard = shard
    this.notices = notices
  }

  static async start(store: FakeStore): Promise<Bench> {
    const shard = new SharedShard()
    const notices: StorageNotice['kind'][] = []
    const counters = new StorageCounters(createStorageBlock())
    const storage = new Storage(store.open(), [shard.side()], counters, ({ kind }) => notices.push(kind))
    const { port1, port2 } = new MessageChannel()
    await storage.attach(0, port1)
    port2.postMessage({ kind: 'target', endpoint: ENDPOINT, app: APP, target: TARGET })
    await until(() => notices.length > 0)
    return new Bench(storage, port2, shard, notices)
  }

  /** Hands a batch over. */
  hand(): SlabId {
    const slab = this.shard.sealed()
    const { custody } = this.shard.batches
    custody.exchange(slab, custody.generation(slab), Custody.None, Custody.Wanted)
    this.shard.producer.store(slab, custody.generation(slab))
    this.ring()
    return slab
  }

  ring(): void {
    this.#port.postMessage(null)
  }

  custody(slab: SlabId): Custody {
    return this.shard.batches.custody.of(slab)
  }

  async close(): Promise<void> {
    await this.#storage.close()
    this.#port.close()
  }
}

test('has a shard that waits for the former one look again as soon as it is connected', async () => {
  const shard = new SharedShard()
  const before = shard.producer.commits
  shard.producer.await()
  const counters = new StorageCounters(createStorageBlock())
  const storage = new Storage(new FakeStore().open(), [shard.side()], counters, () => undefined)
  const { port1, port2 } = new MessageChannel()
  const told = once(port2, 'message')
  try {
    await storage.attach(0, port1)
    assert.equal([(await told)[0], shard.producer.commits > before], [{ kind: 'stored' }, true])
  } finally {
    await storage.close()
    port2.close()
  }
})

test('offers what a full store has refused again, however much settles meanwhile', async () => {
  const store = new FakeStore()
  const bench = await Bench.start(store)
  const stored = bench.hand()
  await until(() => bench.custody(stored) === Custody.Stored)
  store.refuseJobs(FULL)
  const refused = bench.hand()
  await until(() => bench.notices.includes('full'))
  store.refuseJobs(null)
  await until(() => {
    bench.shard.producer.state(stored, 1, 500, 1, 0)
    bench.ring()
    return bench.custody(refused) === Custody.Stored
  })
  await bench.close()
  assert.is(store.ids.length, 2)
})

test('offers it again at a close when what settles has made room', async () => {
  const store = new FakeStore()
  const bench = await Bench.start(store)
  const stored = bench.hand()
  await until(() => bench.custody(stored) === Custody.Stored)
  store.refuseJobs(FULL)
  store.meanwhile = async () => {
    if (store.groups.some(({ jobs, changes }) => jobs.length === 0 && changes.length > 0)) store.refuseJobs(null)
  }
  bench.shard.producer.done(stored)
  bench.hand()
  await bench.close()
  assert.is(store.ids.length, 1)
})

test('stores what is left though the store fails for a moment while it is closed', async () => {
  const store = new FakeStore()
  const bench = await Bench.start(store)
  for (const fault of ['commit', 'probe', 'probe'] as const) store.failNext(fault, DOWN)
  bench.hand()
  await bench.close()
  assert.is(store.ids.length, 1)
})

test('stores it though the store has failed just before', async () => {
  const store = new FakeStore()
  const bench = await Bench.start(store)
  store.failNext('commit', DOWN)
  bench.hand()
  await until(() => bench.notices.includes('down'))
  await bench.close()
  assert.is(store.ids.length, 1)
})

test('does not wait for a store that goes on failing while it is closed', async () => {
  const store = new FakeStore()
  const bench = await Bench.start(store)
  store.failNext('commit', DOWN)
  for (let times = 0; times < 100; times++) store.failNext('probe', DOWN)
  bench.hand()
  await bench.close()
  assert.is(store.ids.length, 0)
})

test.run()
