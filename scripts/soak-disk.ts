import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { KillableProcess } from './killable-process.js'
import type { SoakDiskSettings } from './soak-disk-program.js'
import { SoakReceiverProcess } from './soak-receiver-process.js'

export interface SoakDiskOptions {
  readonly durationMs: number
  /** Events a second. */
  readonly rate: number
  /** How often the process is killed with -9. */
  readonly restartEveryMs: number
  /** How often the shard's thread and the storage thread are terminated; 0: never. */
  readonly killShardEveryMs: number
  readonly killStorageEveryMs: number
  readonly onLine?: (line: string) => void
}

export interface SoakDiskReport {
  /** Events that `persisted()` had confirmed. */
  readonly confirmed: number
  /** Of those. */
  readonly lost: number
  readonly repeated: number
  /** Events that came under a second delivery id. */
  readonly doubled: number
  readonly failed: number
  readonly restarts: number
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

/** Load on the disk queue while threads and the process die, and some receivers are dead for long. */
export async function soakDisk(options: SoakDiskOptions): Promise<SoakDiskReport> {
  const { durationMs, rate, restartEveryMs, onLine = () => undefined } = options
  const numbersPerProcess = Math.ceil((restartEveryMs / 1000) * rate * SPARE)
  const processes = Math.max(1, Math.ceil(durationMs / restartEveryMs))
  const capacity = (processes + 1) * numbersPerProcess
  if (capacity > MAX_EVENTS) throw new RangeError(`${capacity} events are more than ${MAX_EVENTS}`)
  const receiver = await SoakReceiverProcess.start(capacity, { deadForMs: durationMs * DEAD_SHARE })
  const path = mkdtempSync(join(tmpdir(), 'signpost-soak-'))
  const ranges: (readonly [from: number, to: number])[] = []
  let recovered = 0
  let longestResumeMs = 0
  let failed = 0
  try {
    for (let index = 0; index < processes; index++) {
      const from = index * numbersPerProcess
      const { killShardEveryMs, killStorageEveryMs } = options
      const startMs = performance.now()
      const program = startProgram({
        ...{ receiverUrl: receiver.url, path, from, apps: APPS, deadApps: DEAD_APPS, rate },
        ...{ killShardEveryMs, killStorageEveryMs },
      })
      const { batches } = await program.said('started')
      recovered += batches
      await program.said('delivering')
      const resumeMs = performance.now() - startMs
      longestResumeMs = Math.max(longestResumeMs, resumeMs)
      await Promise.race([pause(restartEveryMs), program.ended])
      if (index < processes - 1) await program.kill()
      else failed = (await program.finish()).failed
      ranges.push([from, program.progress.confirmed])
      onLine(
        `process ${index + 1} of ${processes}: found ${batches} batches, delivered after ${Math.round(resumeMs)} ms, ${program.progress.confirmed - from} events confirmed`,
      )
    }
    const { repeated, doubled } = await receiver.counts()
    let lost = 0
    for (const [from, to] of ranges) lost += await receiver.missing(from, to)
    const confirmed = ranges.reduce((sum, [from, to]) => sum + to - from, 0)
    const restarts = processes - 1
    return { confirmed, lost, repeated, doubled, failed, restarts, recovered, longestResumeMs }
  } finally {
    await receiver.stop()
    rmSync(path, { recursive: true, force: true })
  }
}

function startProgram(settings: SoakDiskSettings): KillableProcess {
  return new KillableProcess(new URL('./soak-disk-program.js', import.meta.url), settings)
}
