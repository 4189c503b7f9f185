import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createStorageBlock } from '../../src/stats/layout.js'
import { Storage } from '../../src/storage/storage.js'
import { StorageCounters } from '../../src/storage/storage-counters.js'
import { FakeStore } from '../queue/support/fake-store.js'
import { SharedShard } from './support/side.js'

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

test.run()
