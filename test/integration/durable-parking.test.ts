// time limit: 300 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Dispatcher } from '../../src/index.js'
import { appWith } from '../support/dispatcher.js'
import { rooms, withDurable } from '../support/durable.js'
import { until } from '../support/until.js'

const test = suite('an endpoint that is dead for long')

const MiB = 1024 * 1024
/** More than the arena holds. */
const EVENTS = 10_000
const ARENA_BYTES = 8 * MiB

const dispatcher = { shards: 1, arena_bytes: ARENA_BYTES, ring_bytes: MiB }
const batching = { enabled: true, duration: 10, size: 20 }

function webhooks(maxElapsedMs: number, openMs: number) {
  return {
    batching,
    circuit_breaker: { min_requests: 1, open_ms: openMs, max_open_ms: openMs },
    retry: { initial_backoff_ms: 10, max_backoff_ms: 50, max_elapsed_time_ms: maxElapsedMs },
  }
}

/** Emits a backlog for the webhook, waiting where there is no room for the moment. */
async function fill(to: Dispatcher): Promise<void> {
  const data = 'x'.repeat(1000)
  for (let index = 0; index < EVENTS; ) {
    const event = { channel: `room-${index}`, event: 'client-e', data, socket_id: '1.1' }
    if (to.app('app').clientEvent(event)) index += 1
    else await new Promise(setImmediate)
  }
  await to.persisted()
}

test('holds disk and not arena, and gets everything in order when it recovers', () =>
  withDurable(async ({ receiver, config, start }) => {
    receiver.tell('hook', 'fails')
    const first = await start(config({ webhooks: webhooks(3_600_000, 200), dispatcher }))
    await fill(first)
    await until(() => {
      const { arena_used_bytes: used, stored_bytes: stored } = first.stats()
      return used < 0.75 * ARENA_BYTES && stored > ARENA_BYTES
    })
    receiver.tell('hook', 'answers')
    await first.flush()
    assert.equal(receiver.of('hook').inOrder, rooms(0, EVENTS))
  }))

test('does not hold up other apps', () =>
  withDurable(async ({ receiver, config, start }) => {
    receiver.tell('hook', 'hangs')
    const { apps } = config()
    const other = appWith([{ url: receiver.url('other') }], { id: 'other' })
    const first = await start(
      config({ apps: [...(apps ?? []), other], webhooks: webhooks(3_600_000, 60_000), dispatcher }),
    )
    await fill(first)
    const isTaken = first.app('other').channelOccupied('room')
    await until(() => receiver.of('other').ids.size === 1)
    assert.ok(isTaken)
  }))

for (const [name, isRestarted] of [
  ['', false],
  [' after a restart', true],
] as const) {
  test(`makes dead letters of what is parked when its time is over${name}`, () =>
    withDurable(async ({ receiver, config, start }) => {
      receiver.tell('hook', 'fails')
      const settings = config({ webhooks: webhooks(isRestarted ? 3_600_000 : 2000, 500), dispatcher })
      let current = await start(settings)
      await fill(current)
      if (isRestarted) {
        await current.close({ timeout: 0 })
        current = await start(config({ webhooks: webhooks(1000, 500), dispatcher }))
      }
      await current.flush()
      await until(() => current.stats().stored_jobs === 0)
      const { dead_lettered: events, parked_jobs: parked } = current.stats()
      const { items } = await current.deadLetters.list({ limit: 1000 })
      assert.equal([events, parked, items.every(({ endpoint }) => endpoint === 'hook')], [EVENTS, 0, true])
    }))
}

test.run()
