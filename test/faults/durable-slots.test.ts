// time limit: 300 s
import { readdirSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import type { ConfigInput } from '../../src/index.js'
import { CREDENTIALS } from '../support/dispatcher.js'
import { DurableProcess, type Run } from '../support/durable-processes.js'
import { MoodyReceiver } from '../support/moody-receiver.js'
import { until } from '../support/until.js'

const test = suite('processes that share the folder of a disk queue')

const EVENTS = 60

function configOf(receiver: MoodyReceiver, path: string, names: readonly string[]): ConfigInput {
  return {
    apps: names.map((id) => ({
      id,
      ...CREDENTIALS,
      webhooks: [{ url: receiver.url(id), event_types: ['channel_occupied'], concurrency: 1 }],
    })),
    dispatcher: { shards: 1 },
    webhooks: {
      batching: { enabled: true, duration: 20, size: 5 },
      retry: { initial_backoff_ms: 20, max_backoff_ms: 200 },
      circuit_breaker: { enabled: false },
    },
    queue: { driver: 'disk', disk: { path, max_bytes: 32 * 1024 * 1024 } },
  }
}

function slotsIn(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

function numbersOf(name: string, channels: readonly string[]): readonly number[] {
  return channels.map((channel) => Number(channel.slice(name.length + 1)))
}

/** Runs a test in which each named app fails until it is told otherwise. */
async function withFailing(
  names: readonly string[],
  run: (
    receiver: MoodyReceiver,
    start: (isClustered: boolean) => Promise<DurableProcess>,
    path: string,
  ) => Promise<void>,
): Promise<void> {
  const folder = temporaryFolder()
  const running: DurableProcess[] = []
  await using receiver = await MoodyReceiver.start()
  for (const name of names) receiver.tell(name, 'fails')
  const start = async (isClustered: boolean): Promise<DurableProcess> => {
    const config = configOf(receiver, folder.path, names)
    const settings: Run = { config, load: null, takeOverEveryMs: 100, isClustered }
    const { started } = await DurableProcess.start(settings)
    running.push(started)
    return started
  }
  try {
    await run(receiver, start, folder.path)
  } finally {
    for (const each of running) await each.kill()
    folder.remove()
  }
}

test('deliver everything in order when workers of a cluster are killed and two of four stay away', () => {
  const names = ['one', 'two', 'three', 'four']
  return withFailing(names, async (receiver, start, path) => {
    const workers = new Map<string, DurableProcess>()
    for (const name of names) workers.set(name, await start(true))
    for (const [name, worker] of workers) await worker.emit(name, 0, EVENTS)
    await workers.get('two')?.kill()
    await start(true)
    for (const name of ['three', 'four']) await workers.get(name)?.kill()
    await until(() => slotsIn(path).length === 2)
    for (const name of names) receiver.tell(name, 'answers')
    await until(() => names.every((name) => receiver.of(name).ids.size === EVENTS))
    const all = Array.from({ length: EVENTS }, (_, index) => index)
    const ids = names.flatMap((name) => [...receiver.of(name).ids.values()].map(({ size }) => size))
    assert.equal(
      [names.map((name) => numbersOf(name, receiver.of(name).inOrder)), ids.every((size) => size === 1)],
      [names.map(() => all), true],
    )
  })
})

test('take over what one left that was closed', () =>
  withFailing(['one'], async (receiver, start, path) => {
    const [first, second] = [await start(false), await start(false)]
    await second.emit('one', 0, EVENTS)
    await second.close(0)
    await until(async () => (await first.stats()).stored_jobs > 0)
    await until(() => slotsIn(path).length === 1)
    receiver.tell('one', 'answers')
    await until(() => receiver.of('one').ids.size === EVENTS)
    await until(async () => (await first.stats()).stored_jobs === 0)
    assert.equal(
      numbersOf('one', receiver.of('one').inOrder),
      Array.from({ length: EVENTS }, (_, index) => index),
    )
  }))

test.run()
