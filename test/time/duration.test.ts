import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createDispatcher, SignpostError } from '../../src/index.js'
import { MemoryDuplicateStore } from '../../src/receiver/index.js'
import { createVerifier } from '../../src/receiver/verifier.js'
import { startReceiver } from '../../src/testing/index.js'
import { durationOf } from '../../src/time/duration.js'
import { Timer } from '../../src/time/timer.js'
import { appWith, withDispatcher, withReceiver } from '../support/dispatcher.js'

const test = suite('a duration')

const THIRTY_DAYS_MS = 30 * 24 * 3_600_000
const NONSENSE: readonly unknown[] = [Number.NaN, -1, null, '10', {}]

const codeOf = (error: unknown): unknown => (error instanceof SignpostError ? error.code : error)

async function refused(act: () => unknown): Promise<unknown> {
  try {
    return await act()
  } catch (error) {
    return codeOf(error)
  }
}

for (const value of [0, 0.5, 2 ** 31, THIRTY_DAYS_MS, Number.POSITIVE_INFINITY]) {
  test(`may be ${value}`, () => {
    assert.is(durationOf(value, 'timeout'), value)
  })
}

for (const value of NONSENSE) {
  test(`is not ${String(value)}: the error names the option and what is expected`, () => {
    assert.throws(() => durationOf(value, 'timeout'), /^timeout must be a number of ms, 0 or more, or Infinity, not /)
  })
}

test('of more than 2^31 ms does not fire at once', async () => {
  const fired: string[] = []
  const long = new Timer(THIRTY_DAYS_MS, () => fired.push('long'))
  const endless = new Timer(Number.POSITIVE_INFINITY, () => fired.push('endless'))
  await new Promise<void>((resolve) => {
    new Timer(20, resolve)
  })
  long.clear()
  endless.clear()
  assert.equal(fired, [])
})

for (const timeout of [Number.POSITIVE_INFINITY, THIRTY_DAYS_MS]) {
  test(`of ${timeout} ms lets close wait for what is on its way`, () =>
    withReceiver(async (receiver) => {
      receiver.fail({ delayMs: 300, times: 1 })
      const dispatcher = await createDispatcher({
        apps: [appWith([{ url: receiver.url }])],
        dispatcher: { shards: 1 },
      })
      dispatcher.app('app').channelOccupied('a')
      assert.equal(await dispatcher.close({ timeout }), { events: 0, endpoints: [] })
    }))
}

test('that is nonsense makes close reject, and nothing has happened', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      const codes = await Promise.all(
        NONSENSE.map((timeout) => refused(() => dispatcher.close({ timeout: timeout as number }))),
      )
      const accepted = dispatcher.app('app').channelOccupied('a')
      assert.equal([codes, accepted], [NONSENSE.map(() => 'INVALID_DURATION'), true])
    }),
  ))

test('that is nonsense makes flush reject', () =>
  withDispatcher({ apps: [] }, async (dispatcher) => {
    assert.is(await refused(() => dispatcher.flush({ timeout: Number.NaN })), 'INVALID_DURATION')
  }))

test('ends a flush, which resolves to what is undelivered', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url, id: 'hook' }])] }, async (dispatcher) => {
      receiver.fail({ hang: true })
      dispatcher.app('app').channelOccupied('a')
      await receiver.nextRequest()
      const left = await dispatcher.flush({ timeout: 50 })
      assert.equal(left, { events: 1, endpoints: [{ app: 'app', endpoint: 'hook', events: 1 }] })
    }),
  ))

test('may be unknown: a signal ends a flush with its reason', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      receiver.fail({ hang: true })
      dispatcher.app('app').channelOccupied('a')
      await receiver.nextRequest()
      const controller = new AbortController()
      const flushed = dispatcher.flush({ signal: controller.signal })
      const reason = new Error('enough')
      controller.abort(reason)
      assert.is(await flushed.catch((error: unknown) => error), reason)
    }),
  ))

test('of Infinity lets a test receiver wait', async () => {
  await using receiver = await startReceiver({ verify: false, timeoutMs: Number.POSITIVE_INFINITY })
  const next = receiver.nextRequest()
  await fetch(receiver.url, { method: 'POST', body: '{}' })
  assert.is((await next).body.toString(), '{}')
})

for (const [what, act] of [
  ['a test receiver', () => startReceiver({ verify: false, timeoutMs: Number.NaN })],
  ['a window for duplicates', () => new MemoryDuplicateStore({ windowMs: Number.NaN })],
  ['a tolerance', () => createVerifier({ standardWebhooks: ['whsec_c2VjcmV0'], toleranceMs: Number.NaN })],
] as const) {
  test(`that is nonsense is an error of ${what}`, async () => {
    assert.is(await refused(act), 'INVALID_DURATION')
  })
}

test('that is nonsense is an error of a planned fault', async () => {
  await using receiver = await startReceiver({ verify: false })
  assert.is(await refused(() => receiver.fail({ delayMs: Number.NaN })), 'INVALID_DURATION')
})

test.run()
