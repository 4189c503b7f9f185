import { join } from 'node:path'
import { Queue } from 'bullmq'
import { createDispatcher } from 'signpost'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startRedis } from '../../scripts/servers/redis.js'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { startReceiver } from '../../src/testing/index.js'
import { drainFormerQueue } from './moving/bullmq.js'

const test = suite('the pages about moving')

const credentials = { key: 'app-key', secret: 'app-secret' }

test('from BullMQ: the jobs of the former queue are delivered', async () => {
  const folder = temporaryFolder()
  const redis = await startRedis({ lines: [] })
  const receiver = await startReceiver({ pusher: [credentials] })
  const webhooks = [{ url: receiver.url, event_types: ['invoice.paid'] }]
  const dispatcher = await createDispatcher({
    queue: { driver: 'disk', disk: { path: join(folder.path, 'queue') } },
    apps: [{ id: 'customer-1', ...credentials, webhooks }],
  })
  const connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null }
  const queue = new Queue('webhooks', { connection })
  await queue.addBulk(
    [1, 2, 3].map((number) => ({
      name: 'webhook',
      data: { app: 'customer-1', event: { name: 'invoice.paid', number } },
    })),
  )
  const worker = drainFormerQueue(dispatcher, connection)
  try {
    await receiver.waitFor(({ received }) => received.length === 3)
    const numbers = receiver.received.map((event) => ('number' in event ? event.number : null))
    assert.equal(numbers.toSorted(), [1, 2, 3])
  } finally {
    await worker.close()
    await queue.close()
    await dispatcher.close()
    await receiver.close()
    await redis.stop()
    folder.remove()
  }
})

test.run()
