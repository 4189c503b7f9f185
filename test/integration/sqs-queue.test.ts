// time limit: 300 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SignpostError } from '../../src/index.js'
import { until } from '../support/until.js'
import { allInOrder, emitTo, hasAll, inSqsWorld, receivedBy } from './sqs-world.js'

const test = suite('a queue in SQS')

const sorted = (all: readonly (readonly number[])[]) => all.map((numbers) => [...numbers].sort((a, b) => a - b))

test('a host that only adds delivers nothing itself, and `signpost run` delivers all that waits', () =>
  inSqsWorld(async ({ sqs, receiver, host, worker }) => {
    const only = await host()
    await emitTo(only, 10)
    const [before, { attempts }] = [receiver.receipts.length, only.stats()]
    await worker()
    await until(() => hasAll(receiver, 10))
    await until(async () => (await sqs.messagesIn('signpost')).length === 0)
    assert.equal([before, attempts, sorted(receivedBy(receiver))], [0, 0, allInOrder(10)])
  }))

test('a FIFO queue keeps the order of each endpoint, over two workers and failed attempts', () =>
  inSqsWorld(
    async ({ receiver, host, worker }) => {
      const [only] = await Promise.all([host(), worker(), worker()])
      const emitted = emitTo(only, 30)
      await until(() => receiver.receipts.length > 10)
      receiver.status = 503
      await emitted
      receiver.status = 200
      await until(() => hasAll(receiver, 30))
      assert.equal(receivedBy(receiver), allInOrder(30))
    },
    { fifo: true },
  ))

test('a worker that ends gives the next one at once what it has not delivered', () =>
  inSqsWorld(async ({ receiver, host, worker }) => {
    const [only, leaving] = await Promise.all([host(), worker()])
    receiver.status = 503
    await emitTo(only, 5)
    await leaving.logged('started: ')
    leaving.child.kill('SIGTERM')
    await leaving.ended
    receiver.status = 200
    await worker()
    await until(() => hasAll(receiver, 5))
    assert.equal(sorted(receivedBy(receiver)), allInOrder(5))
  }))

test('dead letters are listed by any process, and an error says how AWS replays and purges them', () =>
  inSqsWorld(
    async ({ sqs, receiver, host, worker }) => {
      const [only] = await Promise.all([host(), worker()])
      receiver.status = 400
      await emitTo(only, 1)
      await until(async () => (await sqs.messagesIn('signpost-dead-letters')).length === 4)
      const { items } = await only.deadLetters.list({ app: 'app-1' })
      const refused = [
        await only.deadLetters.replay({ app: 'app-1' }).catch((error: unknown) => error),
        await only.deadLetters.purge({ all: true }).catch((error: unknown) => error),
      ]
      assert.equal(
        items.map(({ app, cause, status, events }) => [app, cause, status, events]),
        [['app-1', 'status', 400, 1]],
      )
      for (const error of refused) {
        assert.instance(error, SignpostError)
        assert.is((error as SignpostError).code, 'DEAD_LETTERS_IN_SQS')
        assert.match(String(error), 'aws sqs start-message-move-task')
      }
      assert.is((await sqs.messagesIn('signpost-dead-letters')).length, 4)
    },
    {},
    { max_attempts: 1 },
  ))

test('SQS goes and comes: what is accepted meanwhile waits in memory, and is stored when it is back', () =>
  inSqsWorld(async ({ sqs, receiver, host, worker }) => {
    const only = await host()
    const reports: string[] = []
    only.on('queue-down', ({ reason }) => reports.push(reason))
    only.on('queue-up', () => reports.push('up'))
    const url = await only.persisted().then(() => new URL(sqs.url))
    await sqs.stop()
    only.emit('app-0', { name: 'channel_occupied', channel: '0-0' })
    await until(() => reports.length > 0)
    const { startSqs } = await import('../../scripts/servers/sqs.js')
    const back = await startSqs(Number(url.port))
    try {
      await until(async () => (await back.messagesIn('signpost')).length === 1)
      await until(() => reports.length > 1)
      await worker()
      await until(() => receiver.numbersOf(0).length === 1)
      await only.close({ timeout: 0 })
    } finally {
      await back.stop()
    }
    assert.equal(reports, ['down', 'up'])
  }))

test.run()
