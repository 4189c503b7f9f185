/**
 * Load for minutes, with one endpoint dead and a shard killed again and again; then counts what was lost or doubled, and how
 * the memory went. With `--expose-gc` heaps are measured after a collection.
 *
 *     node dist/scripts/soak.js [--minutes 10] [--rate 2000] [--kill-every 20] [--sample-every 10]
 *
 * Times in seconds; `--kill-every 0` kills nobody. Exit 1 when anything was lost, or came under a second delivery id.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startDispatcher } from '../src/create-dispatcher.js'
import type { Dispatcher } from '../src/dispatcher.js'
import { describeSample, MemoryLog, type MemorySample, MiB, slopeKiBPerMinute } from './soak-memory.js'
import { SoakReceiverProcess } from './soak-receiver-process.js'
import { observedThreads } from './soak-thread.js'

export interface SoakOptions {
  readonly durationMs: number
  /** Events a second. */
  readonly rate: number
  /** 0: nobody is killed. */
  readonly killEveryMs: number
  readonly apps: number
  /** 10 seconds by default. */
  readonly sampleEveryMs?: number
  readonly onSample?: (sample: MemorySample) => void
}

export interface SoakReport {
  readonly accepted: number
  /** Times that an event was refused; it was offered again. */
  readonly refused: number
  readonly lost: number
  /** Events that came again under the delivery id that they had. */
  readonly repeated: number
  /** Events that came under a second delivery id. */
  readonly doubled: number
  readonly deaths: number
  readonly medianTakeoverMs: number
  /** Of the sender's process, after the warm-up: a quarter of the time and at most a minute. */
  readonly startRssMiB: number
  readonly endRssMiB: number
  /** How fast it grew over the second half. */
  readonly slopeKiBPerMinute: number
}

const TICK_MS = 10
const SAMPLE_EVERY_MS = 10_000
const MAX_EVENTS = 20_000_000
/** Every so manieth event goes to the app whose endpoint is dead. */
const DEAD_EVERY = 50
/** Nothing listens at the discard port. */
const DEAD_URL = 'http://127.0.0.1:9/'
const ARRIVES_WITHIN_MS = 30_000

/** @throws RangeError when the options come to more than 20 million events */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const capacity = Math.ceil((options.durationMs * options.rate) / 1000)
  if (capacity > MAX_EVENTS) throw new RangeError(`${capacity} events are more than ${MAX_EVENTS}`)
  const receiver = await SoakReceiverProcess.start(capacity)
  try {
    return await soakAgainst(receiver, capacity, options)
  } finally {
    await receiver.stop()
  }
}

async function soakAgainst(
  receiver: SoakReceiverProcess,
  capacity: number,
  { durationMs, rate, killEveryMs, apps, sampleEveryMs = SAMPLE_EVERY_MS, onSample = () => undefined }: SoakOptions,
): Promise<SoakReport> {
  const dispatcher = await startDispatcher(configOf(receiver.url, apps), {
    intensity: { restarts: 100, withinMs: 10_000 },
    threads: observedThreads,
  })
  const takeovers: number[] = []
  dispatcher.on('shard-restart', ({ tookMs }) => takeovers.push(tookMs))
  const memory = new MemoryLog(sampleEveryMs, () => receiver.counts(), onSample)
  const killer = killEveryMs > 0 ? setInterval(() => void dispatcher.threads[0]?.terminate(), killEveryMs) : null
  try {
    const { accepted, refused, startRss } = await run(dispatcher, { durationMs, rate, apps, capacity })
    if (killer !== null) clearInterval(killer)
    await memory.stop()
    const endRss = process.memoryUsage.rss()
    const { received, repeated, doubled } = await arrived(receiver, accepted)
    return {
      accepted,
      refused,
      lost: accepted - received,
      repeated,
      doubled,
      deaths: takeovers.length,
      medianTakeoverMs: median(takeovers),
      startRssMiB: Math.round(startRss / MiB),
      endRssMiB: Math.round(endRss / MiB),
      slopeKiBPerMinute: Math.round(slopeKiBPerMinute(memory.samples)),
    }
  } finally {
    if (killer !== null) clearInterval(killer)
    await memory.stop()
    await dispatcher.close({ timeout: 1000 })
  }
}

function configOf(origin: string, apps: number) {
  const urls = [DEAD_URL, ...Array.from({ length: apps }, (_, index) => `${origin}/${index}`)]
  return {
    apps: urls.map((url, index) => ({
      id: `app-${index}`,
      key: `key-${index}`,
      secret: `secret-${index}`,
      webhooks: [{ url, event_types: ['client_event'] }],
    })),
    dispatcher: { shards: 1, arena_bytes: 32 * MiB },
  }
}

interface Run {
  /** The numbers below this were accepted. */
  readonly accepted: number
  readonly refused: number
  readonly startRss: number
}

async function run(
  dispatcher: Dispatcher,
  {
    durationMs,
    rate,
    apps,
    capacity,
  }: Pick<SoakOptions, 'durationMs' | 'rate' | 'apps'> & { readonly capacity: number },
): Promise<Run> {
  const startedAt = performance.now()
  const warmUpMs = Math.min(durationMs / 4, 60_000)
  let startRss = 0
  let next = 0
  let refused = 0
  for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs = performance.now() - startedAt) {
    if (startRss === 0 && elapsedMs >= warmUpMs) startRss = process.memoryUsage.rss()
    const due = Math.min(Math.floor((elapsedMs * rate) / 1000), capacity)
    while (next < due) {
      if (next % DEAD_EVERY === 0) emit(dispatcher, 0, -1)
      if (!emit(dispatcher, 1 + (next % apps), next)) {
        refused += 1
        break
      }
      next += 1
    }
    await pause(TICK_MS)
  }
  return { accepted: next, refused, startRss }
}

function emit(dispatcher: Dispatcher, app: number, number: number): boolean {
  const event = { name: 'client_event', channel: 'private-soak', event: 'client-soak', data: String(number) }
  return dispatcher.emit(`app-${app}`, event)
}

/** The dead endpoint never settles: what is waited for is the others' part. */
async function arrived(receiver: SoakReceiverProcess, accepted: number) {
  const endsAt = Date.now() + ARRIVES_WITHIN_MS
  for (;;) {
    const counts = await receiver.counts()
    if (counts.received >= accepted || Date.now() >= endsAt) return counts
    await pause(50)
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >>> 1] ?? 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      rate: { type: 'string', default: '2000' },
      'kill-every': { type: 'string', default: '20' },
      'sample-every': { type: 'string', default: '10' },
    },
  })
  const report = await soak({
    durationMs: Number(values.minutes) * 60_000,
    rate: Number(values.rate),
    killEveryMs: Number(values['kill-every']) * 1000,
    sampleEveryMs: Number(values['sample-every']) * 1000,
    apps: 100,
    onSample: (sample) => console.log(describeSample(sample)),
  })
  console.log(report)
  process.exitCode = report.lost + report.doubled === 0 ? 0 : 1
}
