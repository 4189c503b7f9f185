import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createDispatcher, type Dispatcher } from '../../src/index.js'
import { appWith, withDispatcher, withReceiver } from '../support/dispatcher.js'
import { isLong } from '../support/effort.js'
import { runScript } from '../support/run-script.js'

const test = suite('what a promise implies')

const ROUNDS = isLong ? 40 : 10

/** Counts what is emitted under these names. */
function counted(dispatcher: Dispatcher) {
  const counts = { delivered: 0, failed: 0, 'dead-letter': 0 }
  for (const name of ['delivered', 'failed', 'dead-letter'] as const) {
    dispatcher.on(name, ({ events }) => {
      counts[name] += events
    })
  }
  return counts
}

test('has been emitted before a flush resolves, every time', () =>
  withReceiver((receiver) =>
    withDispatcher(
      { apps: [appWith([{ url: receiver.url }])], webhooks: { batching: { duration: 1 } } },
      async (dispatcher) => {
        receiver.fail({ status: 400 })
        const counts = counted(dispatcher)
        const seen: number[] = []
        for (let round = 1; round <= ROUNDS; round++) {
          dispatcher.app('app').channelOccupied('a')
          await dispatcher.flush()
          seen.push(counts.failed, counts['dead-letter'])
        }
        const expected = Array.from({ length: ROUNDS }, (_, index) => [index + 1, index + 1]).flat()
        assert.equal(seen, expected)
      },
    ),
  ))

test('has been emitted before a close resolves, every time', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ status: 400, path: '/bad' })
    const missing: number[] = []
    for (let round = 0; round < 10; round++) {
      const dispatcher = await createDispatcher({
        apps: [appWith([{ url: receiver.url }, { url: `${receiver.origin}/bad` }])],
        dispatcher: { shards: 1 },
      })
      const counts = counted(dispatcher)
      for (let event = 0; event < 20; event++) dispatcher.app('app').channelOccupied(`room-${event}`)
      await dispatcher.close()
      missing.push(20 - counts.delivered, 20 - counts.failed, 20 - counts['dead-letter'])
    }
    assert.equal(missing, Array(30).fill(0))
  }))

test('has been emitted before a change of an app resolves', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url, id: 'hook' }])] }, async (dispatcher) => {
      receiver.fail({ status: 410, times: 1 })
      const opened: string[] = []
      dispatcher.on('endpoint-open', ({ reason }) => opened.push(reason))
      dispatcher.app('app').channelOccupied('a')
      await dispatcher.flush()
      await dispatcher.apps.set(appWith([{ url: receiver.url, id: 'hook' }]))
      assert.equal(opened, ['gone'])
    }),
  ))

/** Runs a program of its own, because what a listener throws is an uncaught exception. */
async function withThrowingListener(statement: string): Promise<readonly string[]> {
  const { output } = await runScript(`
    import { createDispatcher } from 'signpost'
    import { startReceiver } from 'signpost/testing'
    const receiver = await startReceiver({ verify: false })
    const uncaught = []
    process.on('uncaughtException', ({ message }) => uncaught.push(message))
    const thrower = () => { throw new Error('a listener failed') }
    const logger = { info: () => undefined, warn: thrower, error: thrower }
    const webhook = { url: receiver.url, event_types: ['channel_occupied'], circuit_breaker: { min_requests: 1 }, retry: { enabled: false } }
    const dispatcher = await createDispatcher(
      { apps: [{ id: 'app', key: 'k', secret: 's', webhooks: [webhook] }], dispatcher: { shards: 1 } },
      { logger },
    )
    const seen = []
    for (const name of ['failed', 'dead-letter', 'endpoint-open']) dispatcher.on(name, () => seen.push(name))
    ${statement}
    receiver.fail({ status: 503 })
    dispatcher.app('app').channelOccupied('a')
    await dispatcher.flush()
    await dispatcher.close()
    await receiver.close()
    console.log(JSON.stringify([seen.sort(), [...new Set(uncaught)]]))
  `)
  return JSON.parse(output) as readonly string[]
}

test('is emitted to every listener, whatever another one throws, and that is an uncaught exception', async () => {
  const [seen, uncaught] = await withThrowingListener(
    `dispatcher.on('failed', thrower); dispatcher.on('failed', () => seen.push('failed, behind it'))`,
  )
  assert.equal(
    [seen, uncaught],
    [['dead-letter', 'endpoint-open', 'failed', 'failed, behind it'], ['a listener failed']],
  )
})

test('is emitted although the logger throws', async () => {
  const [seen] = await withThrowingListener('')
  assert.equal(seen, ['dead-letter', 'endpoint-open', 'failed'])
})

test.run()
