import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Custody } from '../../src/arena/custody.js'
import { StoreDownError } from '../../src/queue/errors.js'
import { createStorageBlock } from '../../src/stats/layout.js'
import { Storage } from '../../src/storage/storage.js'
import { StorageCounters } from '../../src/storage/storage-counters.js'
import { FakeStore } from '../queue/support/fake-store.js'
import { APP, ENDPOINT, SharedShard, TARGET } from './support/side.js'

const test = suite('a storage thread')

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

/** A storage thread that is closed with one batch to store. @returns whether it was stored */
async function closeWithOne(store: FakeStore): Promise<boolean> {
  const shard = new SharedShard()
  const storage = new Storage(store.open(), [shard.side()], new StorageCounters(createStorageBlock()), () => undefined)
  const { port1, port2 } = new MessageChannel()
  try {
    await storage.attach(0, port1)
    port2.postMessage({ kind: 'target', endpoint: ENDPOINT, app: APP, target: TARGET })
    const slab = shard.sealed()
    const { custody } = shard.batches
    custody.exchange(slab, custody.generation(slab), Custody.None, Custody.Wanted)
    shard.producer.store(slab, custody.generation(slab))
  } finally {
    await storage.close()
    port2.close()
  }
  return store.ids.length === 1
}

const DOWN = new StoreDownError('no')

test('stores what is left though the store fails for a moment while it is closed', async () => {
  const store = new FakeStore()
  for (const fault of ['commit', 'probe', 'probe'] as const) store.failNext(fault, DOWN)
  assert.ok(await closeWithOne(store))
})

test('does not wait for a store that goes on failing while it is closed', async () => {
  const store = new FakeStore()
  store.failNext('commit', DOWN)
  for (let times = 0; times < 100; times++) store.failNext('probe', DOWN)
  assert.not(await closeWithOne(store))
})

test.run()
