import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startReceiver } from '../../src/testing/index.js'
import { appWith, CREDENTIALS, withDispatcher, withReceiver } from '../support/dispatcher.js'
import { countedApps, Load } from '../support/load.js'
import { Tally } from '../support/tally.js'

const test = suite('what the peers get wrong')

test('two webhooks with the same URL both get their events', () =>
  withReceiver((receiver) =>
    withDispatcher(
      {
        apps: [
          appWith([
            { url: receiver.url, event_types: ['channel_occupied'] },
            { url: receiver.url, event_types: ['channel_vacated'] },
          ]),
        ],
      },
      async (dispatcher) => {
        dispatcher.app('app').channelOccupied('a')
        dispatcher.app('app').channelVacated('a')
        await dispatcher.flush()
        assert.equal(receiver.received.map(({ name }) => name).toSorted(), ['channel_occupied', 'channel_vacated'])
      },
    ),
  ))

test('interleaved apps batch as well as one', () =>
  withReceiver((receiver) => {
    const ids = Array.from({ length: 50 }, (_, index) => `app-${index}`)
    return withDispatcher(
      {
        apps: ids.map((id) => appWith([{ url: `${receiver.origin}/${id}` }], { id })),
        webhooks: { batching: { duration: 60_000 } },
      },
      async (dispatcher) => {
        for (let round = 0; round < 40; round++) for (const id of ids) dispatcher.app(id).channelOccupied(`${round}`)
        await dispatcher.flush()
        assert.equal([receiver.requests.length, receiver.received.length], [50, 2000])
      },
    )
  }))

test('the events of five hundred interleaved apps never leak into the request of another', async () => {
  await using tally = await Tally.start()
  const apps = countedApps(tally, 500)
  await withDispatcher({ apps }, async (dispatcher) => {
    const load = new Load(dispatcher, apps)
    await load.run(5000)
    await dispatcher.flush()
    assert.equal([tally.received, [...tally.leaked]], [load.accepted.size, []])
  })
})

test('a filter holds for what is sent, not only for whether it is sent', () =>
  withReceiver((receiver) =>
    withDispatcher(
      { apps: [appWith([{ url: receiver.url, filter: { channel_prefix: 'private-' } }])] },
      async (dispatcher) => {
        for (const channel of ['private-a', 'public', 'private-b']) dispatcher.app('app').channelOccupied(channel)
        await dispatcher.flush()
        assert.equal(
          receiver.requests.flatMap(({ events }) => events.map(({ channel }) => channel)),
          ['private-a', 'private-b'],
        )
      },
    ),
  ))

test('a secret that apps.set rotates signs from then on, also what is waiting to be tried again', async () => {
  const rotated = { ...CREDENTIALS, secret: 'rotated' }
  const receiver = await startReceiver({ pusher: [rotated] })
  try {
    await withDispatcher(
      { apps: [appWith([{ url: receiver.url }])], webhooks: { retry: { initial_backoff_ms: 10 } } },
      async (dispatcher) => {
        receiver.fail({ status: 503 })
        dispatcher.app('app').channelOccupied('before')
        await receiver.nextRequest()
        await dispatcher.apps.set(appWith([{ url: receiver.url }], rotated))
        receiver.heal()
        dispatcher.app('app').channelOccupied('after')
        await dispatcher.flush()
        assert.equal(receiver.received.map(({ channel }) => channel).toSorted(), ['after', 'before'])
      },
    )
  } finally {
    await receiver.close()
  }
})

test('one endpoint that fails does not send to the healthy ones of its app again', () =>
  withReceiver((healthy) =>
    withReceiver((failing) =>
      withDispatcher(
        {
          apps: [appWith([{ url: healthy.url }, { url: failing.url }])],
          webhooks: { retry: { initial_backoff_ms: 1 } },
        },
        async (dispatcher) => {
          failing.fail({ status: 500, times: 3 })
          dispatcher.app('app').channelOccupied('a')
          await dispatcher.flush()
          assert.equal([healthy.requests.length, failing.requests.length], [1, 4])
        },
      ),
    ),
  ))

test('twenty dead endpoints do not hold up another app', () =>
  withReceiver((dead) =>
    withReceiver((healthy) =>
      withDispatcher(
        {
          apps: [
            ...Array.from({ length: 20 }, (_, index) =>
              appWith([{ url: `${dead.origin}/${index}` }], { id: `dead-${index}` }),
            ),
            appWith([{ url: healthy.url }]),
          ],
        },
        async (dispatcher) => {
          dead.fail({ hang: true })
          for (let index = 0; index < 20; index++) dispatcher.app(`dead-${index}`).channelOccupied('a')
          await dead.waitFor(({ requests }) => requests.length === 20)
          dispatcher.app('app').channelOccupied('a')
          await healthy.next('channel_occupied')
          assert.is(dispatcher.stats().in_flight >= 20, true)
        },
      ),
    ),
  ))

test('a redirect is no delivery', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      receiver.fail({ redirect: '/elsewhere' })
      dispatcher.app('app').channelOccupied('a')
      await dispatcher.flush()
      const { items } = await dispatcher.deadLetters.list()
      assert.equal(
        [receiver.requests.map(({ method }) => method), items.map(({ status }) => status)],
        [['POST'], [302]],
      )
    }),
  ))

const client4xx = [400, 401, 403, 404, 413, 422]

for (const status of client4xx) {
  test(`${status} is final: it is not tried again`, () =>
    withReceiver((receiver) =>
      withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
        receiver.fail({ status })
        dispatcher.app('app').channelOccupied('a')
        await dispatcher.flush()
        assert.equal([receiver.requests.length, dispatcher.stats().dead_lettered], [1, 1])
      }),
    ))
}

test('a delivery that is given up does not disable its endpoint', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      receiver.fail({ status: 400, times: 1 })
      dispatcher.app('app').channelOccupied('a')
      await dispatcher.flush()
      dispatcher.app('app').channelOccupied('b')
      await dispatcher.flush()
      assert.equal(
        receiver.received.map(({ channel }) => channel),
        ['b'],
      )
    }),
  ))

test('an object as data is serialised once', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      dispatcher.app('app').clientEvent({ channel: 'private-a', event: 'client-e', data: { a: 1 } })
      const { data } = await receiver.next('client_event')
      assert.is(data, '{"a":1}')
    }),
  ))

test.run()
