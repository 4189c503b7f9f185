import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SQS_ENVIRONMENT, type SqsServer, startSqs } from '../../../scripts/servers/sqs.js'
import { StoreDownError } from '../../../src/queue/errors.js'
import type { OpenStore } from '../../../src/queue/job-store.js'
import { openSqsStore } from '../../../src/queue/sqs/index.js'
import type { SqsStoreOptions } from '../../../src/queue/sqs/options.js'
import { Attribute } from '../../../src/queue/sqs/port.js'
import { until } from '../../support/until.js'
import { deathOf, idOf, jobOf } from '../job-store-contract.js'
import { Holder, OPTIONS } from './support/world.js'

const test = suite('SQS by the SDK')

Object.assign(process.env, SQS_ENVIRONMENT)

const { target } = jobOf(1).head

interface Opened {
  readonly store: OpenStore
  readonly problems: readonly string[]
}

function behaves(
  behaviour: string,
  check: (server: SqsServer, open: (changes?: Partial<SqsStoreOptions>) => Promise<Opened>) => Promise<void>,
): void {
  test(behaviour, async () => {
    const server = await startSqs()
    const opened: OpenStore[] = []
    const open = async (changes: Partial<SqsStoreOptions> = {}): Promise<Opened> => {
      const here = { endpointUrl: server.url, region: 'us-east-1', waitTimeSeconds: 1 }
      const { store } = await openSqsStore({ ...OPTIONS, ...here, ...changes })
      const problems: string[] = []
      store.listen?.({ parked: () => undefined, lost: () => undefined, failed: (message) => problems.push(message) })
      store.handedOver?.serve(new Holder())
      opened.push(store)
      return { store, problems }
    }
    try {
      await check(server, open)
    } finally {
      for (const store of opened) {
        await store.handedOver?.stop()
        await store.jobs.close()
      }
      await server.stop()
    }
  })
}

behaves('brings a batch of any characters as it was, as base64 where the server wants that', async (_, open) => {
  const { store } = await open()
  const texts = ['{"a":1}', '{"é":"\uFFFF"}', '{"😀":"\u0001"}', '\uFFFE']
  const jobs = texts.map((text, index) => jobOf(index + 1, {}, text))
  await store.jobs.commit({ jobs, changes: [] })
  const found = new Map<number, string>()
  await until(async () => {
    for (const { id, bodyBytes } of await store.jobs.take(target, 10)) {
      const into = new Uint8Array(bodyBytes)
      await store.jobs.read(id, into)
      found.set(new DataView(id.buffer, id.byteOffset).getUint32(4), Buffer.from(into).toString())
    }
    return found.size === texts.length
  })
  assert.equal(
    texts.map((_, index) => found.get(index + 1)),
    texts,
  )
})

behaves('takes bodies of 1 MiB together in calls that hold them', async (server, open) => {
  const { store } = await open({ isConsumer: false })
  const jobs = Array.from({ length: 6 }, (_, index) => jobOf(index + 1, {}, 'x'.repeat(400_000)))
  await store.jobs.commit({ jobs, changes: [] })
  assert.is((await server.messagesIn('signpost')).length, 6)
})

behaves('puts a dead letter where people find it, with its cause', async (server, open) => {
  const { store } = await open()
  await store.jobs.commit({ jobs: [jobOf(1)], changes: [] })
  await until(async () => (await store.jobs.take(target, 1)).length === 1)
  await store.jobs.commit({ jobs: [], changes: [{ kind: 'dead', id: idOf(1), death: deathOf('it said "no"') }] })
  const [letter] = await server.messagesIn('signpost-dead-letters')
  assert.equal(
    [letter?.body, letter?.attributes.get(Attribute.Cause), letter?.attributes.get(Attribute.Status)],
    ['body of job 1', 'exhausted', '503'],
  )
  assert.equal(await server.messagesIn('signpost'), [])
})

behaves('lists dead letters, and leaves them visible', async (server, open) => {
  const { store } = await open({ isConsumer: false })
  const jobs = Array.from({ length: 12 }, (_, index) => jobOf(index + 1))
  const changes = jobs.map(({ head: { id } }) => ({ kind: 'dead' as const, id, death: deathOf('no') }))
  await store.jobs.commit({ jobs, changes })
  const letters = await store.letters.list({ limit: 100, after: null })
  const left = await server.messagesIn('signpost-dead-letters')
  assert.equal([letters.length, left.length, left.some(({ isHidden }) => isHidden)], [12, 12, false])
})

behaves('leaves what is of somebody else in the queue', async (server, open) => {
  const { store, problems } = await open()
  const found = (await server.call('GetQueueUrl', { QueueName: 'signpost' })) as { QueueUrl: string }
  await server.call('SendMessage', { QueueUrl: found.QueueUrl, MessageBody: '{"app_secret":"hidden"}' })
  await until(() => store.figures().skipped > 0)
  const [message] = await server.messagesIn('signpost')
  assert.equal([message?.body, problems.join().includes('hidden')], ['{"app_secret":"hidden"}', false])
})

behaves('makes the queue again after it was deleted', async (server, open) => {
  const { store } = await open({ isConsumer: false })
  const found = (await server.call('GetQueueUrl', { QueueName: 'signpost' })) as { QueueUrl: string }
  await server.call('DeleteQueue', found)
  const failure: unknown = await store.jobs.commit({ jobs: [jobOf(1)], changes: [] }).catch((error: unknown) => error)
  assert.instance(failure, StoreDownError)
  await until(async () => {
    await store.jobs.commit({ jobs: [jobOf(1)], changes: [] }).catch(() => undefined)
    return (await server.messagesIn('signpost')).length === 1
  })
})

test('a server that is not there is an error that says so', async () => {
  const server = await startSqs()
  await server.stop()
  const failure: unknown = await openSqsStore({ ...OPTIONS, endpointUrl: server.url }).catch((error: unknown) => error)
  assert.instance(failure, StoreDownError)
  assert.match(String(failure), 'ECONNREFUSED')
})

test.run()
