import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { createDispatcher, type Dispatcher } from '../../src/index.js'
import { appWith, withDispatcher, withReceiver } from '../support/dispatcher.js'
import { runProgram } from '../support/run-program.js'

const test = suite('shutdown')

test('close delivers what was accepted', () =>
  withReceiver((receiver) =>
    withDispatcher(
      { apps: [appWith([{ url: receiver.url }])], webhooks: { batching: { duration: 60_000 } } },
      async (dispatcher) => {
        for (let index = 0; index < 250; index++) dispatcher.app('app').channelOccupied(`room-${index}`)
        const { events } = await dispatcher.close()
        assert.equal([events, receiver.received.length], [0, 250])
      },
    ),
  ))

test('close waits for a retry that can still happen in time', () =>
  withReceiver((receiver) =>
    withDispatcher(
      { apps: [appWith([{ url: receiver.url }])], webhooks: { retry: { initial_backoff_ms: 50 } } },
      async (dispatcher) => {
        receiver.fail({ status: 503, times: 2 })
        dispatcher.app('app').channelOccupied('a')
        await dispatcher.close()
        assert.is(receiver.received.length, 1)
      },
    ),
  ))

test('what is left at the timeout is reported by app and endpoint', () =>
  withReceiver((receiver) =>
    withDispatcher(
      { apps: ['one', 'two'].map((id) => appWith([{ url: receiver.url, id: `${id}-hook` }], { id })) },
      async (dispatcher) => {
        receiver.fail({ hang: true })
        for (const count of [1, 2, 3]) dispatcher.app('one').channelOccupied(`room-${count}`)
        dispatcher.app('two').channelOccupied('room')
        await receiver.waitFor(({ requests }) => requests.length === 2)
        const { events, endpoints } = await dispatcher.close({ timeout: 200 })
        assert.equal(
          { events, endpoints: endpoints.toSorted((a, b) => a.app.localeCompare(b.app)) },
          {
            events: 4,
            endpoints: [
              { app: 'one', endpoint: 'one-hook', events: 3 },
              { app: 'two', endpoint: 'two-hook', events: 1 },
            ],
          },
        )
      },
    ),
  ))

test('a shard that stops leaves what is in flight as it is, and begins nothing in its place', () =>
  withReceiver((receiver) =>
    withDispatcher(
      { apps: [appWith([{ url: receiver.url, concurrency: 1 }])], webhooks: { batching: { enabled: false } } },
      async (dispatcher) => {
        receiver.fail({ hang: true })
        for (const channel of ['a', 'b']) dispatcher.app('app').channelOccupied(channel)
        await receiver.waitFor(({ requests }) => requests.length === 1)
        await dispatcher.close({ timeout: 0 })
        const { attempts, retries, in_flight } = dispatcher.stats()
        assert.equal({ attempts, retries, in_flight }, { attempts: 1, retries: 0, in_flight: 1 })
      },
    ),
  ))

test('emit is refused after close, and counted', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      await dispatcher.close()
      const accepted = dispatcher.app('app').channelOccupied('late')
      assert.equal([accepted, dispatcher.stats().refused_closed], [false, 1])
    }),
  ))

test('an event after the call of close is refused although close is still draining', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      const app = dispatcher.app('app')
      app.channelOccupied('in time')
      const closed = dispatcher.close()
      const accepted = app.channelOccupied('late')
      await closed
      assert.equal([accepted, receiver.received.map((event) => event.channel)], [false, ['in time']])
    }),
  ))

const afterClose: Readonly<Record<string, (dispatcher: Dispatcher) => Promise<unknown>>> = {
  flush: (dispatcher) => dispatcher.flush(),
  'apps.set': (dispatcher) => dispatcher.apps.set(appWith([{ url: 'http://127.0.0.1/' }])),
  'apps.delete': (dispatcher) => dispatcher.apps.delete('app'),
  'deadLetters.list': (dispatcher) => dispatcher.deadLetters.list(),
}

for (const [name, call] of Object.entries(afterClose)) {
  test(`${name} after close says that it is closed`, () =>
    withDispatcher({ apps: [] }, async (dispatcher) => {
      await dispatcher.close()
      const error = await call(dispatcher).catch((reason: unknown) => reason)
      assert.is((error as { readonly code?: string }).code, 'CLOSED')
    }))
}

test('closing again returns the same', () =>
  withDispatcher({ apps: [] }, async (dispatcher) => {
    const first = dispatcher.close()
    assert.is(await dispatcher.close(), await first)
  }))

test('await using closes', () =>
  withReceiver(async (receiver) => {
    {
      await using dispatcher = await createDispatcher({
        apps: [appWith([{ url: receiver.url }])],
        dispatcher: { shards: 1 },
      })
      dispatcher.app('app').channelOccupied('a')
    }
    assert.is(receiver.received.length, 1)
  }))

test('a process ends by itself when its dispatcher is closed', async () => {
  const folder = temporaryFolder()
  try {
    const entry = new URL('../../src/index.js', import.meta.url).href
    const program = folder.write(
      'program.mjs',
      `import { createDispatcher } from ${JSON.stringify(entry)}
       const dispatcher = await createDispatcher({ apps: [], dispatcher: { shards: 1 } })
       await dispatcher.close()
       console.log('closed')`,
    )
    const { status, output } = await runProgram(process.execPath, [program])
    assert.equal([status, output], [0, 'closed\n'])
  } finally {
    folder.remove()
  }
})

test.run()
