import { inspect } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import {
  type DeadLetterListOptions,
  type DeadLetterSelection,
  type ReplaySelection,
  SignpostError,
} from '../../src/index.js'
import type { TestReceiver } from '../../src/testing/index.js'
import { appWith, CREDENTIALS, withDispatcher, withReceiver } from '../support/dispatcher.js'
import { told } from '../support/told.js'

const test = suite('dead letters')

/** Each of so many events has become a dead letter of its own. */
async function withDeadLetters(
  count: number,
  run: (dispatcher: WorkerDispatcher, receiver: TestReceiver) => Promise<void>,
): Promise<void> {
  await withReceiver((receiver) =>
    withDispatcher(
      {
        apps: [appWith([{ url: receiver.url, id: 'hook', concurrency: 1 }])],
        webhooks: { batching: { enabled: false }, circuit_breaker: { enabled: false } },
      },
      async (dispatcher) => {
        receiver.fail({ status: 400, times: count })
        for (let index = 0; index < count; index++) dispatcher.app('app').channelOccupied(`room-${index}`)
        await dispatcher.flush()
        await run(dispatcher, receiver)
      },
    ),
  )
}

test('tell what was given up, where, how often it was tried and why', () =>
  withDeadLetters(1, async (dispatcher, receiver) => {
    const { items } = await dispatcher.deadLetters.list()
    assert.equal(
      items.map(({ error, firstEventAt, firstAttemptAt, diedAt, ...letter }) => letter),
      [
        {
          id: receiver.requests[0]?.id,
          app: 'app',
          endpoint: 'hook',
          events: 1,
          attempts: 1,
          status: 400,
          cause: 'status',
        },
      ],
    )
  }))

test('have their bodies with them when one is asked for by its id', () =>
  withDeadLetters(2, async ({ deadLetters }, receiver) => {
    const { items } = await deadLetters.list()
    const head = items[1]
    const letter = await deadLetters.get(head?.id ?? '')
    const body = receiver.requests.find(({ id }) => id === head?.id)?.body.toString()
    assert.equal([letter?.id, letter?.cause, letter?.body], [head?.id, head?.cause, body])
    assert.is(await deadLetters.get('no such id'), null)
  }))

test('are asked for by an id that is a string', () =>
  withDeadLetters(1, async ({ deadLetters }) => {
    const error: unknown = await deadLetters.get(7 as never).catch((reason: unknown) => reason)
    assert.match(String(error), 'deadLetters.get needs a delivery id, a string, not number')
  }))

test('never show a secret', () =>
  withDeadLetters(1, async (dispatcher) => {
    const list = await dispatcher.deadLetters.list()
    assert.not.match(JSON.stringify(list), CREDENTIALS.secret)
  }))

test('are listed in pages, each of them once, the oldest first', () =>
  withDeadLetters(7, async (dispatcher, receiver) => {
    const pages: string[][] = []
    let cursor: string | null = null
    do {
      const page = await dispatcher.deadLetters.list({ limit: 3, cursor })
      pages.push(page.items.map(({ id }) => id))
      cursor = page.cursor
    } while (cursor !== null)
    assert.equal(
      { sizes: pages.map(({ length }) => length), ids: pages.flat() },
      { sizes: [3, 3, 1], ids: receiver.requests.map(({ id }) => id) },
    )
  }))

test('are listed on from where a page ended when its last one has gone since', () =>
  withDeadLetters(5, async (dispatcher, receiver) => {
    const { items, cursor } = await dispatcher.deadLetters.list({ limit: 2 })
    await dispatcher.deadLetters.purge({ ids: [items[1]?.id ?? ''] })
    const next = await dispatcher.deadLetters.list({ cursor })
    assert.equal(
      next.items.map(({ id }) => id),
      receiver.requests.slice(2).map(({ id }) => id),
    )
  }))

test('are delivered by a replay under the ids that they had', () =>
  withDeadLetters(3, async (dispatcher, receiver) => {
    const ids = receiver.requests.map(({ id }) => id)
    const replayed = await dispatcher.deadLetters.replay({ app: 'app', endpoint: 'hook' })
    await dispatcher.flush()
    const { items } = await dispatcher.deadLetters.list()
    const again = receiver.requests.slice(3).map(({ id }) => id)
    assert.equal([replayed, again.toSorted(), items.length], [3, ids.toSorted(), 0])
  }))

test('can be replayed one by one', () =>
  withDeadLetters(3, async (dispatcher, receiver) => {
    const chosen = receiver.requests[1]?.id ?? ''
    await dispatcher.deadLetters.replay({ ids: [chosen] })
    await dispatcher.flush()
    const { items } = await dispatcher.deadLetters.list()
    assert.equal([items.length, receiver.requests.at(-1)?.id], [2, chosen])
  }))

test('are forgotten by a purge', () =>
  withDeadLetters(3, async (dispatcher) => {
    const purged = await dispatcher.deadLetters.purge({ app: 'app' })
    const { items } = await dispatcher.deadLetters.list()
    assert.equal([purged, items.length, dispatcher.stats().dead_letters], [3, 0, 0])
  }))

test('are all replayed or purged by `all`', () =>
  withDeadLetters(3, async (dispatcher, receiver) => {
    const chosen = receiver.requests[0]?.id ?? ''
    const replayed = await dispatcher.deadLetters.replay({ ids: [chosen] })
    const purged = await dispatcher.deadLetters.purge({ all: true })
    assert.equal([replayed, purged], [1, 2])
  }))

/** What a caller without types may send, by what the message must say of it. */
const WRONG_SELECTIONS: readonly (readonly [unknown, RegExp])[] = [
  [undefined, /needs an object, \{ ids \}, .* not undefined/],
  [null, /not null/],
  ['id', /not a value of type string/],
  [['id'], /not an array/],
  [{ app: undefined }, /needs a string as app, not undefined/],
  [{ app: null }, /needs a string as app, not null/],
  [{ app: Symbol('app') }, /needs a string as app, not a value of type symbol/],
  [{ app: 'app', endpoint: undefined }, /needs a string as endpoint, not undefined/],
  [{ endpoint: 'hook' }, /needs app together with endpoint/],
  [{ ids: undefined }, /needs an array of strings as ids, not undefined/],
  [{ ids: 'a' }, /needs an array of strings as ids, not a value of type string/],
  [{ ids: ['a', undefined] }, /not an array with undefined at 1/],
  [{ ids: [], app: 'app' }, /takes one of .*, not ids and app together/],
  [{ all: false }, /needs true as all, not false/],
  [{ all: true, app: 'app' }, /not all and app together/],
  [{ id: 'a' }, /does not know the key "id"; did you mean ids\?/],
  [{ appId: 'app' }, /does not know the key "appId"; did you mean app\?/],
  [{ app: 'app', endpiont: 'hook' }, /does not know the key "endpiont"; did you mean endpoint\?/],
  [{ everything: true }, /does not know the key "everything"; its keys are ids, app, endpoint, all/],
]

for (const call of ['list', 'replay', 'purge'] as const) {
  test(`stay as they are when ${call} is given a selector that is undefined, wrong or misspelt`, () =>
    withDeadLetters(1, async (dispatcher) => {
      const wrong = WRONG_SELECTIONS.filter(([selection]) => call !== 'list' || selection !== undefined)
      const refusals = await Promise.all(
        wrong.map(async ([selection, message]) => {
          const error: unknown = await dispatcher.deadLetters[call](selection as DeadLetterSelection).catch(
            (reason: unknown) => reason,
          )
          assert.ok(error instanceof SignpostError && error.code === 'INVALID_SELECTION', inspect(selection))
          assert.match(error.message, message)
        }),
      )
      assert.equal([refusals.length, dispatcher.stats().dead_letters], [wrong.length, 1])
    }))
}

for (const call of ['replay', 'purge'] as const) {
  test(`stay as they are when ${call} is given no selector`, () =>
    withDeadLetters(1, async (dispatcher) => {
      const error: unknown = await dispatcher.deadLetters[call]({} as DeadLetterSelection).catch(
        (reason: unknown) => reason,
      )
      assert.equal(
        [error instanceof SignpostError && error.code, dispatcher.stats().dead_letters],
        ['INVALID_SELECTION', 1],
      )
    }))
}

for (const [option, value, code] of [
  ['limit', Symbol('limit'), 'INVALID_LIMIT'],
  ['limit', '5', 'INVALID_LIMIT'],
  ['cursor', Symbol('cursor'), 'INVALID_CURSOR'],
  ['cursor', 5, 'INVALID_CURSOR'],
] as const) {
  test(`are not listed with a ${typeof value} as ${option}`, () =>
    withDispatcher({ apps: [] }, async (dispatcher) => {
      const options = { [option]: value } as DeadLetterListOptions
      const error: unknown = await dispatcher.deadLetters.list(options).catch((reason: unknown) => reason)
      assert.is(error instanceof SignpostError && error.code, code)
    }))
}

test('are not replayed with a split that is neither true nor false', () =>
  withDeadLetters(1, async (dispatcher) => {
    const wanted = { all: true, split: 'no' } as unknown as ReplaySelection
    const error: unknown = await dispatcher.deadLetters.replay(wanted).catch((reason: unknown) => reason)
    assert.is(error instanceof SignpostError && error.code, 'INVALID_SELECTION')
  }))

test('survive the death of their shard', () =>
  withDeadLetters(3, async (dispatcher) => {
    const restarted = told(dispatcher, 'shard-restart')
    await dispatcher.threads[0]?.terminate()
    await restarted
    const { items } = await dispatcher.deadLetters.list()
    assert.is(items.length, 3)
  }))

for (const name of ['failed', 'dead-letter'] as const) {
  test(`are told of as ${name}`, () =>
    withReceiver((receiver) =>
      withDispatcher({ apps: [appWith([{ url: receiver.url, id: 'hook' }])] }, async (dispatcher) => {
        const report = told(dispatcher, name)
        receiver.fail({ status: 404 })
        dispatcher.app('app').channelOccupied('a')
        const { app, endpoint, status, events } = await report
        assert.equal({ app, endpoint, status, events }, { app: 'app', endpoint: 'hook', status: 404, events: 1 })
      }),
    ))
}

test('what is acknowledged is told of as delivered', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url, id: 'hook' }])] }, async (dispatcher) => {
      const report = told(dispatcher, 'delivered')
      dispatcher.app('app').channelOccupied('a')
      const { endpoint, status, attempts, events } = await report
      assert.equal({ endpoint, status, attempts, events }, { endpoint: 'hook', status: 200, attempts: 1, events: 1 })
    }),
  ))

test('a receiver that answers 410 gets nothing more until it is configured again', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url, id: 'hook' }])] }, async (dispatcher) => {
      const app = dispatcher.app('app')
      const open = told(dispatcher, 'endpoint-open')
      receiver.fail({ status: 410, times: 1 })
      app.channelOccupied('gone')
      await dispatcher.flush()
      const { reason } = await open
      app.channelOccupied('stopped')
      await dispatcher.flush()
      await dispatcher.apps.set(appWith([{ url: receiver.url, id: 'hook' }]))
      app.channelOccupied('back')
      await dispatcher.flush()
      assert.equal(
        [reason, receiver.requests.length, receiver.received.map((event) => event.channel)],
        ['gone', 2, ['back']],
      )
    }),
  ))

test('a circuit that opens and closes again is told of, and nothing is lost', () =>
  withReceiver((receiver) =>
    withDispatcher(
      {
        apps: [appWith([{ url: receiver.url, id: 'hook' }])],
        webhooks: {
          batching: { enabled: false },
          retry: { initial_backoff_ms: 1, max_backoff_ms: 20 },
          circuit_breaker: { min_requests: 2, open_ms: 20, max_open_ms: 20 },
        },
      },
      async (dispatcher) => {
        const open = told(dispatcher, 'endpoint-open')
        const closed = told(dispatcher, 'endpoint-closed')
        receiver.fail({ status: 500 })
        for (let index = 0; index < 10; index++) dispatcher.app('app').channelOccupied(`room-${index}`)
        await open
        receiver.heal()
        await closed
        await dispatcher.flush()
        assert.is(receiver.received.length, 10)
      },
    ),
  ))

test.run()
