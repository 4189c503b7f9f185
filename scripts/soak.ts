/**
 * Load for minutes, with an endpoint of every hostile kind, apps that change again and again and a shard that is killed as often; then
 * counts what was lost or doubled, and how the memory went. `--help` says what else it does.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { HostileProcess } from '../bench/harness/hostile-process.js'
import { startDispatcher } from '../src/dispatcher/create-dispatcher.js'
import type { WorkerDispatcher } from '../src/dispatcher/dispatcher.js'
import type { AppInput } from '../src/index.js'
import { soakDurable } from './soak-durable.js'
import { soakJournal } from './soak-journal.js'
import { describeSample, MemoryLog, type MemorySample, MiB, slopeKiBPerMinute } from './soak-memory.js'
import { DURABLE_QUEUES, type DurableQueueName } from './soak-queue.js'
import { SoakReceiverProcess } from './soak-receiver-process.js'
import { observedThreads, SteppedClock } from './soak-thread.js'

export interface SoakOptions {
  readonly durationMs: number
  /** Events a second. */
  readonly rate: number
  /** 0: nobody is killed. */
  readonly killEveryMs: number
  /** How often many apps change at once; 0: never. */
  readonly changeEveryMs: number
  /** How often the wall clock is set forth or back; 0: never. */
  readonly stepEveryMs: number
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
  /** Changes of apps that took effect. */
  readonly changes: number
  /** Times that the wall clock was set. */
  readonly steps: number
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
/** With every nth event another one goes to an app whose endpoint is hostile. */
const HOSTILE_EVERY = 50
/** Where the wall clock is set to, one after the other, from the true time. */
const CLOCK_STEPS_MS = [3_600_000, -3_600_000, 500, 86_400_000, -86_400_000, 0]
/** Apps that change at once: a storm. */
const CHANGES_AT_ONCE = 20
const ARRIVES_WITHIN_MS = 30_000

/** @throws RangeError when the options come to more than 20 million events */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const capacity = Math.ceil((options.durationMs * options.rate) / 1000)
  if (capacity > MAX_EVENTS) throw new RangeError(`${capacity} events are more than ${MAX_EVENTS}`)
  const receiver = await SoakReceiverProcess.start(capacity)
  const hostile = await HostileProcess.start()
  try {
    return await soakAgainst(receiver, await hostile.urls(), capacity, options)
  } finally {
    await Promise.all([receiver.stop(), hostile.stop()])
  }
}

async function soakAgainst(
  receiver: SoakReceiverProcess,
  hostileUrls: readonly string[],
  capacity: number,
  {
    durationMs,
    rate,
    killEveryMs,
    changeEveryMs,
    stepEveryMs,
    apps,
    sampleEveryMs = SAMPLE_EVERY_MS,
    onSample = () => undefined,
  }: SoakOptions,
): Promise<SoakReport> {
  const setup: Setup = { good: goodApps(receiver.url, apps), hostile: hostileUrls.map(hostileApp) }
  const config = { apps: [...setup.good, ...setup.hostile], dispatcher: { shards: 1, arena_bytes: 32 * MiB } }
  const dispatcher = await startDispatcher(config, {
    intensity: { restarts: 100, withinMs: 10_000 },
    threads: observedThreads,
  })
  const takeovers: number[] = []
  dispatcher.on('shard-restart', ({ tookMs }) => takeovers.push(tookMs))
  const memory = new MemoryLog(sampleEveryMs, () => receiver.counts(), onSample)
  const changer = new Changer(dispatcher, setup, changeEveryMs)
  const clock = new SteppedClock()
  let steps = 0
  const stepper =
    stepEveryMs > 0
      ? setInterval(() => clock.set(CLOCK_STEPS_MS[steps++ % CLOCK_STEPS_MS.length] ?? 0), stepEveryMs)
      : null
  const killer = killEveryMs > 0 ? setInterval(() => void dispatcher.threads[0]?.terminate(), killEveryMs) : null
  try {
    const { accepted, refused, startRss } = await run(dispatcher, setup, { durationMs, rate, capacity })
    if (killer !== null) clearInterval(killer)
    if (stepper !== null) clearInterval(stepper)
    const changes = await changer.stop()
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
      changes,
      steps,
      medianTakeoverMs: median(takeovers),
      startRssMiB: Math.round(startRss / MiB),
      endRssMiB: Math.round(endRss / MiB),
      slopeKiBPerMinute: Math.round(slopeKiBPerMinute(memory.samples)),
    }
  } finally {
    if (killer !== null) clearInterval(killer)
    if (stepper !== null) clearInterval(stepper)
    clock.close()
    await changer.stop()
    await memory.stop()
    await dispatcher.close({ timeout: 1000 })
  }
}

interface Setup {
  readonly good: readonly AppInput[]
  readonly hostile: readonly AppInput[]
}

function goodApps(origin: string, count: number): AppInput[] {
  return Array.from({ length: count }, (_, index) => app(`app-${index}`, `${origin}/${index}`))
}

function hostileApp(url: string, index: number): AppInput {
  return app(`hostile-${index}`, url)
}

function app(id: string, url: string): AppInput {
  const webhook = { id: 'own', url, event_types: ['client_event'], request_timeout_ms: 2000 }
  return { id, key: `key-of-${id}`, secret: `secret-of-${id}`, webhooks: [webhook] }
}

/** Changes apps in storms: a good app gets a second webhook, which is hostile, and loses it again. */
class Changer {
  readonly #timer: NodeJS.Timeout | null
  readonly #pending = new Set<Promise<void>>()
  #next = 0
  #changes = 0

  constructor(
    readonly dispatcher: WorkerDispatcher,
    readonly setup: Setup,
    everyMs: number,
  ) {
    this.#timer = everyMs > 0 ? setInterval(() => this.#storm(), everyMs) : null
  }

  /** @returns how many changes took effect */
  async stop(): Promise<number> {
    if (this.#timer !== null) clearInterval(this.#timer)
    await Promise.all(this.#pending)
    return this.#changes
  }

  #storm(): void {
    for (let count = 0; count < CHANGES_AT_ONCE; count++) {
      const pending = this.#change(this.#next++).finally(() => this.#pending.delete(pending))
      this.#pending.add(pending)
    }
  }

  async #change(number: number): Promise<void> {
    const { good, hostile } = this.setup
    const changed = good[number % good.length]
    const [enemy] = hostile[number % hostile.length]?.webhooks ?? []
    if (changed === undefined || enemy === undefined) return
    const hasSecond = Math.floor(number / good.length) % 2 === 0
    const webhooks = [...(changed.webhooks ?? []), ...(hasSecond ? [{ ...enemy, id: 'second' }] : [])]
    await this.dispatcher.apps.set({ ...changed, webhooks })
    this.#changes += 1
  }
}

interface Run {
  /** The numbers below this were accepted. */
  readonly accepted: number
  readonly refused: number
  readonly startRss: number
}

async function run(
  dispatcher: WorkerDispatcher,
  { good, hostile }: Setup,
  { durationMs, rate, capacity }: Pick<SoakOptions, 'durationMs' | 'rate'> & { readonly capacity: number },
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
      if (next % HOSTILE_EVERY === 0) emit(dispatcher, hostile[(next / HOSTILE_EVERY) % hostile.length], -1)
      if (!emit(dispatcher, good[next % good.length], next)) {
        refused += 1
        break
      }
      next += 1
    }
    await pause(TICK_MS)
  }
  return { accepted: next, refused, startRss }
}

function emit(dispatcher: WorkerDispatcher, to: AppInput | undefined, number: number): boolean {
  const event = { name: 'client_event', channel: 'private-soak', event: 'client-soak', data: String(number) }
  return dispatcher.emit(to?.id ?? '', event)
}

/** Hostile endpoints never settle: what is waited for is the others' part. */
async function arrived(receiver: SoakReceiverProcess, accepted: number) {
  const endsAt = performance.now() + ARRIVES_WITHIN_MS
  for (;;) {
    const counts = await receiver.counts()
    if (counts.received >= accepted || performance.now() >= endsAt) return counts
    await pause(50)
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >>> 1] ?? 0
}

type Values = Readonly<
  Record<
    'minutes' | 'rate' | 'kill-every' | 'change-every' | 'step-every' | 'sample-every' | 'crashes' | 'seed',
    string
  >
>

async function runDispatcher(values: Values): Promise<boolean> {
  const report = await soak({
    durationMs: Number(values.minutes) * 60_000,
    rate: Number(values.rate),
    killEveryMs: Number(values['kill-every']) * 1000,
    changeEveryMs: Number(values['change-every']) * 1000,
    stepEveryMs: Number(values['step-every']) * 1000,
    sampleEveryMs: Number(values['sample-every']) * 1000,
    apps: 100,
    onSample: (sample) => console.log(describeSample(sample)),
  })
  console.log(report)
  return report.lost + report.doubled === 0
}

async function runJournal(values: Values): Promise<boolean> {
  const { crashes, failures } = await soakJournal({
    crashes: Number(values.crashes),
    firstSeed: Number(values.seed),
    onProgress: (line) => console.log(line),
  })
  console.log(`${crashes} crashes from seed ${values.seed}, ${failures.length} worlds failed`)
  return failures.length === 0
}

/** The storage thread dies more often than the shard's, so that they meet in every order. */
const STORAGE_SHARE = 0.7

async function runDurable(
  queue: DurableQueueName,
  values: Readonly<Record<string, string | boolean>>,
): Promise<boolean> {
  const killEveryMs = Number(values['kill-every']) * 1000
  const report = await soakDurable({
    queue,
    durationMs: Number(values.minutes) * 60_000,
    rate: Number(values.rate),
    restartEveryMs: Number(values['restart-every']) * 1000,
    killShardEveryMs: killEveryMs,
    killStorageEveryMs: killEveryMs * STORAGE_SHARE,
    crashServerEveryMs: Number(values['crash-every']) * 1000,
    onLine: (line) => console.log(line),
  })
  console.log(report)
  return report.lost + report.doubled === 0
}

const HELP = `Loads a dispatcher for minutes while threads, processes and servers die, and counts what was lost or doubled.

    npm run soak -- [OPTIONS]

  --queue NAME      memory (the default), ${DURABLE_QUEUES.join(', ')}
  --journal         instead: the disk queue's journal alone, on a simulated disk that crashes
  --minutes 10      how long
  --rate 2000       events a second
  --kill-every 20   seconds between two deaths of a shard's thread; 0: none
  --sample-every 10 seconds between two looks at the memory; heaps are those after a collection with node --expose-gc

With the queue memory:
  --change-every 1  seconds between two changes of apps; 0: none
  --step-every 30   seconds after which the wall clock is set; 0: never

With a durable queue; a tenth of the receivers are dead for most of the time, and what persisted() has confirmed counts:
  --restart-every 30  seconds after which the process is killed with -9
  --crash-every 25    seconds between two deaths of the queue's server, if it has one; 0: none

With --journal:
  --crashes 1000000 how many
  --seed N          of the first world

Exit status: 1 when anything was lost, or came under a second delivery id; 2 when the command line is wrong.`

function parsed(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '10' },
      rate: { type: 'string', default: '2000' },
      'kill-every': { type: 'string', default: '20' },
      'change-every': { type: 'string', default: '1' },
      'step-every': { type: 'string', default: '30' },
      'sample-every': { type: 'string', default: '10' },
      queue: { type: 'string', default: 'memory' },
      'restart-every': { type: 'string', default: '30' },
      'crash-every': { type: 'string', default: '25' },
      journal: { type: 'boolean', default: false },
      crashes: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      help: { type: 'boolean', default: false },
    },
  })
  const queue = DURABLE_QUEUES.find((name) => name === values.queue) ?? null
  if (queue === null && values.queue !== 'memory') {
    throw new RangeError(`--queue: ${JSON.stringify(values.queue)} is none of memory, ${DURABLE_QUEUES.join(', ')}`)
  }
  return { ...values, queue }
}

/** @returns the exit status */
async function main(args: string[]): Promise<number> {
  let values: ReturnType<typeof parsed>
  try {
    values = parsed(args)
  } catch (error) {
    console.error(`soak: ${error instanceof Error ? error.message : String(error)}; --help lists the options`)
    return 2
  }
  const { queue, help, journal, ...others } = values
  if (help) {
    console.log(HELP)
    return 0
  }
  const isGood = journal
    ? await runJournal(others)
    : await (queue === null ? runDispatcher(others) : runDurable(queue, others))
  return isGood ? 0 : 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2))
