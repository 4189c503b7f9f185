import { setTimeout as pause } from 'node:timers/promises'
import { KillableProcess } from './killable-process.js'
import type { SoakDurableSettings } from './soak-durable-program.js'
import { type DurableQueueName, type SoakQueue, startSoakQueue } from './soak-queue.js'
import { SoakReceiverProcess } from './soak-receiver-process.js'

export interface SoakDurableOptions {
  readonly queue: DurableQueueName
  readonly durationMs: number
  /** Events a second. */
  readonly rate: number
  /** How often the process is killed with -9. */
  readonly restartEveryMs: number
  /** How often the shard's thread and the storage thread are terminated; 0: never. */
  readonly killShardEveryMs: number
  readonly killStorageEveryMs: number
  /** How often the queue's server is killed, if it has one; 0: never. */
  readonly crashServerEveryMs: number
  readonly onLine?: (line: string) => void
}

export interface SoakDurableReport {
  /** Events that `persisted()` had confirmed. */
  readonly confirmed: number
  /** Of those. */
  readonly lost: number
  readonly repeated: number
  /** Events that came under a second delivery id. */
  readonly doubled: number
  readonly failed: number
  readonly restarts: number
  /** Of the queue's server. */
  readonly crashes: number
  /** Batches that all restarts found. */
  readonly recovered: number
  /** From the start of a process to its first delivery, the longest. */
  readonly longestResumeMs: number
}

const APPS = 100
const DEAD_APPS = 10
/** So long, as a share of the time, the dead receivers stay dead. */
const DEAD_SHARE = 0.6
const MAX_EVENTS = 20_000_000
const SPARE = 2
const DRAINED_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 200

/** Load on a durable queue while threads, the process and the queue's server die, and some receivers are dead for long. */
export async function soakDurable(options: SoakDurableOptions): Promise<SoakDurableReport> {
  const { durationMs, rate, restartEveryMs, onLine = () => undefined } = options
  const numbersPerProcess = Math.ceil((restartEveryMs / 1000) * rate * SPARE)
  const processes = Math.max(1, Math.ceil(durationMs / restartEveryMs))
  const capacity = (processes + 1) * numbersPerProcess
  if (capacity > MAX_EVENTS) throw new RangeError(`${capacity} events are more than ${MAX_EVENTS}`)
  const receiver = await SoakReceiverProcess.start(capacity, { deadForMs: durationMs * DEAD_SHARE })
  const queue = await startSoakQueue(options.queue)
  const server = new DyingServer(queue, options.crashServerEveryMs)
  const ranges: (readonly [from: number, to: number])[] = []
  let recovered = 0
  let longestResumeMs = 0
  let failed = 0
  const { config, consume } = queue
  const { killShardEveryMs, killStorageEveryMs } = options
  const settings = {
    ...{ receiverUrl: receiver.url, queue: { config, consume }, apps: APPS, deadApps: DEAD_APPS },
    ...{ killShardEveryMs, killStorageEveryMs },
  }
  const missing = async (): Promise<number> => {
    let sum = 0
    for (const [from, to] of ranges) sum += await receiver.missing(from, to)
    return sum
  }
  try {
    for (let index = 0; index < processes; index++) {
      const from = index * numbersPerProcess
      const startMs = performance.now()
      const program = startProgram({ ...settings, from, rate })
      const { batches } = await program.said('started')
      recovered += batches
      await program.said('delivering')
      const resumeMs = performance.now() - startMs
      longestResumeMs = Math.max(longestResumeMs, resumeMs)
      await Promise.race([pause(restartEveryMs), program.ended])
      if (index < processes - 1) await program.kill()
      else {
        await server.spare()
        failed = (await program.finish()).failed
      }
      ranges.push([from, program.progress.confirmed])
      onLine(
        `process ${index + 1} of ${processes}: found ${batches} batches, delivered after ${Math.round(resumeMs)} ms, ${program.progress.confirmed - from} events confirmed`,
      )
    }
    const lost = await drained(startProgram({ ...settings, from: processes * numbersPerProcess, rate: 0 }), missing)
    const { repeated, doubled } = await receiver.counts()
    const confirmed = ranges.reduce((sum, [from, to]) => sum + to - from, 0)
    const restarts = processes - 1
    const { crashes } = server
    return { confirmed, lost, repeated, doubled, failed, restarts, crashes, recovered, longestResumeMs }
  } finally {
    await server.spare()
    await receiver.stop()
    await queue.remove()
  }
}

/** Waits until a process that emits nothing has delivered what the others left, and ends it. @returns how many have not come in time */
async function drained(program: KillableProcess, missing: () => Promise<number>): Promise<number> {
  const endMs = performance.now() + DRAINED_WITHIN_MS
  while ((await missing()) > 0 && performance.now() < endMs) await pause(LOOK_EVERY_MS)
  await program.kill()
  return missing()
}

function startProgram(settings: SoakDurableSettings): KillableProcess {
  return new KillableProcess(new URL('./soak-durable-program.js', import.meta.url), settings)
}

/** Kills the server of a queue again and again. */
class DyingServer {
  crashes = 0
  readonly #spared = new AbortController()
  readonly #dying: Promise<void>

  constructor({ crash }: SoakQueue, everyMs: number) {
    this.#dying = crash === null || everyMs === 0 ? Promise.resolve() : this.#die(crash, everyMs)
  }

  /** Lets it live from now on. Resolves when it runs. */
  async spare(): Promise<void> {
    this.#spared.abort()
    await this.#dying
  }

  async #die(crash: () => Promise<void>, everyMs: number): Promise<void> {
    const { signal } = this.#spared
    for (;;) {
      await pause(everyMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      await crash()
      this.crashes += 1
    }
  }
}
