import { expose } from 'comlink'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ControlTimeoutError } from '../../src/errors.js'
import type { ShardControl } from '../../src/shard/messages.js'
import { type CallChannel, callChannel } from '../../src/shard/protocol.js'
import { ControlClient } from '../../src/supervisor/control-client.js'

const test = suite('calls to a shard')

const FOREVER = Number.POSITIVE_INFINITY

const client = () => new ControlClient<ShardControl>((timeoutMs) => new ControlTimeoutError(3, timeoutMs))

/** The host's end of a channel to a shard that answers `purgeDeadLetters` so. */
function shardThat(purge: () => Promise<number>): CallChannel {
  const host: CallChannel = callChannel((call) => shard.receive(call))
  const shard: CallChannel = callChannel((answer) => host.receive(answer))
  expose({ purgeDeadLetters: purge } satisfies Partial<ShardControl>, shard.endpoint)
  return host
}

const purge = (control: ControlClient<ShardControl>, timeoutMs = FOREVER) =>
  control.call((remote) => remote.purgeDeadLetters({ all: true }), timeoutMs)

test('are answered', async () => {
  const control = client()
  control.attach(shardThat(async () => 5))
  assert.is(await purge(control), 5)
})

test('wait for a thread, and are made again to the next one', async () => {
  const control = client()
  const answer = purge(control)
  control.attach(shardThat(() => new Promise(() => undefined)))
  control.detach()
  control.attach(shardThat(async () => 7))
  assert.is(await answer, 7)
})

test('that get no answer in time are rejected, with the shard and the time', async () => {
  const error: unknown = await purge(client(), 5).catch((reason: unknown) => reason)
  assert.equal(error instanceof ControlTimeoutError && [error.code, error.shard, error.timeoutMs], [
    'CONTROL_TIMEOUT',
    3,
    5,
  ])
})

test('are rejected while there is no next thread, and made again once there is', async () => {
  const control = client()
  const reason = new Error('down')
  const waiting = purge(control)
  control.fail(reason)
  const failures = await Promise.all([waiting, purge(control)].map((call) => call.catch((error: unknown) => error)))
  control.attach(shardThat(async () => 9))
  assert.equal([failures, await purge(control)], [[reason, reason], 9])
})

test.run()
