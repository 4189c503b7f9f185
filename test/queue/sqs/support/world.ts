import type { JobTarget } from '../../../../src/queue/job.js'
import type { DropHow, JobHolder, OpenStore, StoreLoss } from '../../../../src/queue/job-store.js'
import { openOn } from '../../../../src/queue/sqs/index.js'
import type { SqsStoreOptions } from '../../../../src/queue/sqs/options.js'
import { FakeClock } from './fake-clock.js'
import { StrictSqs } from './strict-sqs.js'

export const OPTIONS: SqsStoreOptions = {
  region: 'eu-west-1',
  endpointUrl: null,
  queueUrlPrefix: null,
  isFifo: false,
  visibilityTimeoutMs: 30_000,
  maxMessages: 10,
  waitTimeSeconds: 5,
  concurrency: 1,
  isConsumer: true,
  maxBodyBytes: 256 * 1024,
  longestBudgetMs: 300_000,
}

/** The arenas of a process, as its store sees them. */
export class Holder implements JobHolder {
  readonly targets: JobTarget[] = []
  readonly drops: DropHow[] = []
  readonly losses: StoreLoss[] = []
  untilMs = Number.NEGATIVE_INFINITY

  parked(targets: readonly JobTarget[]): void {
    this.targets.push(...targets)
  }

  async drop(_isMeant: ((target: JobTarget) => boolean) | null, how: DropHow): Promise<void> {
    this.drops.push(how)
  }

  lost(loss: StoreLoss): void {
    this.losses.push(loss)
  }

  mayAttemptUntil(ms: number): void {
    this.untilMs = ms
  }
}

/** A process with its store open. */
export interface Process {
  readonly store: OpenStore
  readonly holder: Holder
  readonly warnings: readonly string[]
  readonly problems: readonly string[]
  /** Gives back all that it has, and ends. */
  close(): Promise<void>
}

/** SQS, a clock, and processes that use both. */
export class World {
  readonly clock = new FakeClock()
  readonly sqs = new StrictSqs(this.clock)
  readonly #processes: Process[] = []

  async open(changes: Partial<SqsStoreOptions> = {}): Promise<Process> {
    const { store, warnings } = await openOn(this.sqs, { ...OPTIONS, ...changes }, this.clock)
    const holder = new Holder()
    const problems: string[] = []
    store.listen?.({
      parked: () => undefined,
      lost: (loss) => holder.losses.push(loss),
      failed: (message) => problems.push(message),
    })
    store.handedOver?.serve(holder)
    let isClosed = false
    const close = async (): Promise<void> => {
      if (isClosed) return
      isClosed = true
      await this.doing(store.handedOver?.stop() ?? Promise.resolve())
      await store.jobs.close()
    }
    const process = { store, holder, warnings, problems, close }
    this.#processes.push(process)
    return process
  }

  /** Lets time pass until this is done. */
  async doing<Result>(work: Promise<Result>): Promise<Result> {
    let isDone = false
    const done = work.finally(() => {
      isDone = true
    })
    done.catch(() => undefined)
    for (let steps = 0; !isDone && steps < 1000; steps++) await this.clock.advance(100)
    return done
  }

  async close(): Promise<void> {
    for (const process of this.#processes) await process.close()
  }
}
