/**
 * Load for minutes, with one endpoint dead and a shard killed again and again; then counts what was lost or doubled.
 *
 *     node dist/scripts/soak.js [--minutes 10] [--rate 2000] [--kill-every 20]
 *
 * Exit 1 when anything was lost, or came under a second delivery id.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Dispatcher, startDispatcher } from '../src/dispatcher.js'
import { SoakReceiver } from './soak-receiver.js'

export interface SoakOptions {
  readonly durationMs: number
  /** Events a second. */
  readonly rate: number
  readonly killEveryMs: number
  readonly apps: number
}

export interface SoakReport {
  readonly emitted: number
  readonly refused: number
  readonly lost: number
  /** Events that came again under the delivery id that they had. */
  readonly repeated: number
  /** Events that came under a second delivery id. */
  readonly doubled: number
  readonly deaths: number
  readonly medianTakeoverMs: number
  /** After the warm-up, a quarter of the time and at most a minute; in MiB. */
  readonly startRssMiB: number
  readonly endRssMiB: number
}

const MiB = 1024 * 1024
const TICK_MS = 10
const MAX_EVENTS = 20_000_000
/** Every so manieth event goes to the app whose endpoint is dead. */
const DEAD_EVERY = 50
/** Nothing listens at the discard port. */
const DEAD_URL = 'http://127.0.0.1:9/'

/** @throws RangeError when the options come to more than 20 million events */
export async function soak({ durationMs, rate, killEveryMs, apps }: SoakOptions): Promise<SoakReport> {
  const capacity = Math.ceil((durationMs * rate) / 1000)
  if (capacity > MAX_EVENTS) throw new RangeError(`${capacity} events are more than ${MAX_EVENTS}`)
  const receiver = await SoakReceiver.start(capacity)
  const urls = [DEAD_URL, ...Array.from({ length: apps }, (_, index) => `${receiver.origin}/${index}`)]
  const dispatcher = await startDispatcher(
    {
      apps: urls.map((url, index) => ({
        id: `app-${index}`,
        key: `key-${index}`,
        secret: `secret-${index}`,
        webhooks: [{ url, event_types: ['client_event'] }],
      })),
      dispatcher: { shards: 1, arena_bytes: 32 * MiB },
    },
    { intensity: { restarts: 100, withinMs: 10_000 } },
  )
  const takeovers: number[] = []
  dispatcher.on('shard-restart', ({ tookMs }) => takeovers.push(tookMs))
  const killer = setInterval(() => void dispatcher.threads[0]?.terminate(), killEveryMs)
  try {
    const { accepted, refused, startRss } = await run(dispatcher, receiver, { durationMs, rate, apps })
    clearInterval(killer)
    // The dead endpoint never settles: what is waited for is the others' part.
    for (const endsAt = Date.now() + 30_000; receiver.missing(accepted) > 0 && Date.now() < endsAt; ) await pause(50)
    return {
      emitted: accepted.length,
      refused,
      lost: receiver.missing(accepted),
      repeated: receiver.repeated,
      doubled: receiver.doubled,
      deaths: takeovers.length,
      medianTakeoverMs: median(takeovers),
      startRssMiB: Math.round(startRss / MiB),
      endRssMiB: Math.round(process.memoryUsage.rss() / MiB),
    }
  } finally {
    clearInterval(killer)
    await dispatcher.close({ timeout: 1000 })
    await receiver.close()
  }
}

interface Run {
  readonly accepted: AcceptedEvents
  readonly refused: number
  readonly startRss: number
}

/** The numbers below `length`, but for the refused. */
export interface AcceptedEvents {
  readonly length: number
  readonly wasRefused: Uint8Array
}

async function run(
  dispatcher: Dispatcher,
  receiver: SoakReceiver,
  { durationMs, rate, apps }: Omit<SoakOptions, 'killEveryMs'>,
): Promise<Run> {
  const startedAt = performance.now()
  const warmUpMs = Math.min(durationMs / 4, 60_000)
  const wasRefused = new Uint8Array(receiver.capacity)
  let startRss = 0
  let next = 0
  let refused = 0
  for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs = performance.now() - startedAt) {
    if (startRss === 0 && elapsedMs >= warmUpMs) startRss = process.memoryUsage.rss()
    const due = Math.min(Math.floor((elapsedMs * rate) / 1000), receiver.capacity)
    for (; next < due; next++) {
      if (next % DEAD_EVERY === 0) emit(dispatcher, 0, -1)
      if (emit(dispatcher, 1 + (next % apps), next)) continue
      wasRefused[next] = 1
      refused += 1
    }
    await pause(TICK_MS)
  }
  return { accepted: { length: next, wasRefused }, refused, startRss }
}

function emit(dispatcher: Dispatcher, app: number, number: number): boolean {
  const event = { name: 'client_event', channel: 'private-soak', event: 'client-soak', data: String(number) }
  return dispatcher.emit(`app-${app}`, event)
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
    },
  })
  const report = await soak({
    durationMs: Number(values.minutes) * 60_000,
    rate: Number(values.rate),
    killEveryMs: Number(values['kill-every']) * 1000,
    apps: 100,
  })
  console.log(report)
  process.exitCode = report.lost + report.doubled === 0 ? 0 : 1
}
