// long
// time limit: 600 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import type { ConfigInput } from '../../src/index.js'
import { CREDENTIALS } from '../support/dispatcher.js'
import { DurableProcess } from '../support/durable-processes.js'
import { filesIn } from '../support/files-in.js'
import { type Mood, MoodyReceiver } from '../support/moody-receiver.js'
import { until } from '../support/until.js'

const test = suite('a dispatcher with a disk queue that is killed')

const MOODS: readonly Mood[] = ['answers', 'fails', 'hangs']
/** Times that each dispatcher is killed, and that one is started in a row: `KILLS=20 STARTS=100` for a long run. */
const KILLS = Number(process.env.KILLS ?? 2)
const STARTS = Number(process.env.STARTS ?? 10)
/** Starts after which files and bytes must not grow any more. */
const FEW_STARTS = 5
/** The numbers of a run's events begin here beyond those of the run before. */
const EVENTS_PER_RUN = 1_000_000

type Disk = NonNullable<NonNullable<ConfigInput['queue']>['disk']>

/** An app of each mood, whose webhook has one request in flight at a time. */
function appsOf(receiver: MoodyReceiver) {
  return MOODS.map((id) => ({
    id,
    ...CREDENTIALS,
    webhooks: [{ url: receiver.url(id), event_types: ['channel_occupied'], concurrency: 1 }],
  }))
}

function configOf(receiver: MoodyReceiver, disk: Disk): ConfigInput {
  return {
    apps: appsOf(receiver),
    dispatcher: { shards: 1 },
    webhooks: {
      batching: { enabled: true, duration: 20, size: 10 },
      request_timeout_ms: 1000,
      retry: { max_elapsed_time_ms: 7 * 24 * 3_600_000, initial_backoff_ms: 20, max_backoff_ms: 200 },
      circuit_breaker: { open_ms: 100, max_open_ms: 300 },
    },
    queue: { driver: 'disk', disk },
  }
}

/** The channels that were confirmed and that their receiver has not acknowledged. */
function missing(receiver: MoodyReceiver, confirmed: readonly (readonly [number, number])[]): string[] {
  return MOODS.flatMap((mood) => {
    const { ids } = receiver.of(mood)
    return confirmed.flatMap(([from, to]) =>
      Array.from({ length: to - from }, (_, index) => `${mood}-${from + index}`).filter((channel) => !ids.has(channel)),
    )
  })
}

/** The channels that came under more than one delivery id. */
function underSeveralIds(receiver: MoodyReceiver): string[] {
  return MOODS.flatMap((mood) =>
    [...receiver.of(mood).ids].flatMap(([channel, ids]) => (ids.size > 1 ? [channel] : [])),
  )
}

/** The channels that came before one with a lower number. */
function outOfOrder(receiver: MoodyReceiver): string[] {
  return MOODS.flatMap((mood) => {
    const { inOrder } = receiver.of(mood)
    const numbers = inOrder.map((channel) => Number(channel.slice(mood.length + 1)))
    return inOrder.filter((_, index) => (numbers[index] ?? 0) < (numbers[index - 1] ?? 0))
  })
}

async function killAgainAndAgain(disk: Disk): Promise<MoodyReceiver> {
  const folder = temporaryFolder()
  const receiver = await MoodyReceiver.start()
  const config = configOf(receiver, { ...disk, path: folder.path })
  const confirmed: (readonly [number, number])[] = []
  try {
    for (const mood of MOODS) receiver.tell(mood, mood)
    for (let kill = 0; kill < KILLS; kill++) {
      const from = kill * EVENTS_PER_RUN
      const { started } = await DurableProcess.start({ config, load: { apps: MOODS, from, perTurn: 10 } })
      await using running = started
      await until(() => running.confirmations > 2 + 3 * (kill % 4))
      await running.kill()
      confirmed.push([from, running.persisted])
    }
    for (const mood of MOODS) receiver.tell(mood, 'answers')
    const { started } = await DurableProcess.start({ config, load: null })
    await using _ = started
    await until(() => missing(receiver, confirmed).length === 0)
  } finally {
    await receiver[Symbol.asyncDispose]()
    folder.remove()
  }
  return receiver
}

const MODES: Readonly<Record<string, Disk>> = {
  'sync "power"': { sync: 'power' },
  'sync "process"': { sync: 'process' },
  'sync "process" and after_ms 100': { sync: 'process', after_ms: 100 },
}

for (const [name, disk] of Object.entries(MODES)) {
  test(`delivers what was persisted, under one id per event and in order, with ${name}`, async () => {
    const receiver = await killAgainAndAgain(disk)
    assert.equal([underSeveralIds(receiver), outOfOrder(receiver)], [[], []])
  })
}

test('delivers what was persisted once the apps come, after a start without any', async () => {
  const folder = temporaryFolder()
  await using receiver = await MoodyReceiver.start()
  try {
    const config = configOf(receiver, { path: folder.path })
    for (const mood of MOODS) receiver.tell(mood, 'hangs')
    const first = await DurableProcess.start({ config, load: null })
    for (const mood of MOODS) await first.started.emit(mood, 0, 50)
    await first.started.kill()
    const { started, recovery } = await DurableProcess.start({ config: { ...config, apps: [] }, load: null })
    await using running = started
    for (const mood of MOODS) receiver.tell(mood, 'answers')
    await running.set(appsOf(receiver))
    await until(() => missing(receiver, [[0, 50]]).length === 0)
    assert.equal([recovery.events, outOfOrder(receiver)], [150, []])
  } finally {
    folder.remove()
  }
})

test('leaves no more files and bytes after many restarts than after a few', async () => {
  const folder = temporaryFolder()
  await using receiver = await MoodyReceiver.start()
  try {
    const config = configOf(receiver, { path: folder.path, sync: 'process', max_bytes: 16 * 1024 * 1024 })
    const sizes: { readonly files: number; readonly bytes: number }[] = []
    for (let start = 0; start < STARTS; start++) {
      const { started } = await DurableProcess.start({ config, load: null })
      await started.emit('answers', start * 20, start * 20 + 20)
      await started.kill()
      sizes.push(filesIn(folder.path))
    }
    const most = (from: number, to: number) => ({
      files: Math.max(...sizes.slice(from, to).map(({ files }) => files)),
      bytes: Math.max(...sizes.slice(from, to).map(({ bytes }) => bytes)),
    })
    const [early, late] = [most(0, FEW_STARTS), most(FEW_STARTS, STARTS)]
    assert.ok(late.files <= early.files + 1 && late.bytes <= early.bytes * 1.1, JSON.stringify({ early, late, sizes }))
  } finally {
    folder.remove()
  }
})

test.run()
