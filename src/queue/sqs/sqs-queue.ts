import { StoreDownError } from '../errors.js'
import type { Consumer, HandedOverQueue, QueueChange, QueueFigures } from '../handed-over/queue.js'
import type { Job, JobTarget } from '../job.js'
import type { Death } from '../job-store.js'
import { Calls } from './calls.js'
import { type Clock, Consumption } from './consumption.js'
import { damagedLetterOf, draftOf, letterOf } from './drafts.js'
import { InHand } from './in-hand.js'
import type { SqsStoreOptions } from './options.js'
import { pauseMs } from './pace.js'
import { SqsFailure, type SqsPort } from './port.js'
import { type FoundQueues, findQueues, type QueueUrls } from './queues.js'
import { Sender } from './sender.js'
import type { SqsJob } from './sqs-job.js'

/** How often SQS is asked how many messages there are, in ms. */
const COUNT_EVERY_MS = 15_000

export interface SqsQueueParts {
  readonly port: SqsPort & { close(): void }
  readonly options: SqsStoreOptions
  readonly clock: Clock
  readonly found: FoundQueues
  /** Something failed that is no call of the storage thread's. */
  problem(message: string): void
}

/** The queue in SQS. */
export class SqsQueue implements HandedOverQueue<SqsJob> {
  readonly calls: Calls
  readonly #parts: SqsQueueParts
  readonly #sender: Sender
  readonly #letters: Sender
  readonly #hand = new InHand()
  readonly #closing = new AbortController()
  readonly #counting: Promise<void>
  #found: Promise<FoundQueues>
  #consumption: Consumption | null = null
  /** Letters of changes that failed later. */
  readonly #buried = new Set<string>()
  #skipped = 0
  #jobs = 0
  #deadLetters = 0

  constructor(parts: SqsQueueParts) {
    const { port, options, clock } = parts
    this.#parts = parts
    this.#found = Promise.resolve(parts.found)
    const host = {
      failed: (failure: SqsFailure) => this.#failed(failure),
      pause: (tries: number) => clock.wait(pauseMs(tries, Math.random()), this.#closing.signal),
    }
    this.calls = new Calls(port, host)
    this.#sender = new Sender(port, options.isFifo, options.concurrency, host)
    this.#letters = new Sender(port, options.isFifo, options.concurrency, host)
    this.#counting = this.#countOn()
  }

  get signal(): AbortSignal {
    return this.#closing.signal
  }

  async store(jobs: readonly Job[]): Promise<void> {
    await this.#sender.send((await this.urls()).jobs, jobs.map(draftOf))
  }

  async change(changes: readonly QueueChange<SqsJob>[]): Promise<void> {
    const urls = await this.urls()
    await this.#bury(urls, changes)
    const ended = changes.flatMap((change) => (change.kind === 'done' || change.kind === 'dead' ? [change.job] : []))
    for (const job of ended) job.isEnding = true
    await this.calls.remove(
      urls.jobs,
      ended.flatMap(({ handle, twins }) => [handle, ...twins]),
    )
    for (const job of ended) this.#hand.remove(job)
    this.#buried.clear()
    for (const change of changes) if (change.kind === 'pause') this.#pause(change.target, change.pause.untilMs)
  }

  /** Whether SQS takes messages is known only to who sends one: it is asked for the queue. */
  async probe(): Promise<void> {
    const { jobs } = await this.urls()
    const found = await this.#parts.port.find({ name: '', url: jobs }).catch((error: unknown) => {
      throw downBy(error)
    })
    if (found !== null) return
    const failure = new SqsFailure('no-queue', `there is no queue ${jobs}`)
    this.#failed(failure)
    throw downBy(failure)
  }

  /** It has no end. */
  hasRoomAgain(): boolean {
    return true
  }

  async read(job: SqsJob, into: Uint8Array): Promise<'read' | 'damaged'> {
    const { body } = job
    job.isRead = true
    if (body === null) return 'damaged'
    into.set(body)
    return 'read'
  }

  consume(consumer: Consumer<SqsJob>): () => Promise<void> {
    const { port, options, clock } = this.#parts
    const consumption = new Consumption({
      ...{ port, calls: this.calls, sender: this.#sender, hand: this.#hand, consumer, options, clock },
      urls: () => this.urls(),
      failed: (error) => this.#failed(error),
      skipped: (count, what) => this.skipped(count, what),
    })
    this.#consumption = consumption
    consumption.begin()
    return async () => {
      this.#consumption = null
      await consumption.end()
    }
  }

  figures(): QueueFigures {
    const { size } = this.#hand
    const jobs = Math.max(this.#jobs, size)
    const nothing = { bytes: 0, letterBytes: 0, storedBytes: 0, lettersEvicted: 0 }
    return { ...nothing, jobs, letters: this.#deadLetters, skipped: this.#skipped }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#parts.port.close()
    await Promise.all([this.#counting, this.#consumption?.abandon()])
  }

  /** Where the queues are; they are looked for again after they were gone. @throws StoreDownError */
  async urls(): Promise<QueueUrls> {
    const found = this.#found
    try {
      return (await found).urls
    } catch (error) {
      if (this.#found === found) this.#found = this.#findAgain()
      throw downBy(error)
    }
  }

  skipped(count: number, what: string): void {
    this.#skipped += count
    this.#parts.problem(what)
  }

  async #bury({ letters }: QueueUrls, changes: readonly QueueChange<SqsJob>[]): Promise<void> {
    const buried = changes.flatMap((change) => {
      if (change.kind === 'letter') return [letterOf(change.job, change.death)]
      return change.kind === 'dead' ? [letterOfReceived(change.job, change.death)] : []
    })
    const fresh = buried.filter(({ deduplicationId }) => !this.#buried.has(deduplicationId))
    if (fresh.length === 0) return
    await this.#letters.send(letters, fresh)
    this.#deadLetters += fresh.length
    for (const { deduplicationId } of fresh) this.#buried.add(deduplicationId)
  }

  #pause(target: JobTarget, untilMs: number): void {
    this.#consumption?.pause(target, untilMs - this.#parts.clock.unix())
  }

  #failed(error: unknown): void {
    if (this.#closing.signal.aborted) return
    if (error instanceof SqsFailure && error.kind === 'no-queue') this.#gone(error)
    const message = error instanceof Error ? error.message : String(error)
    this.#parts.problem(error instanceof SqsFailure ? `SQS: ${message}` : message)
  }

  /** A queue was deleted: it is made again by the next call. What was in it is lost. */
  #gone(failure: SqsFailure): void {
    const found = this.#found
    // The first call that fails says so; others that were on their way find the same.
    void found.then(
      () => {
        if (this.#found !== found) return
        this.#found = Promise.reject(failure)
        this.#found.catch(() => undefined)
        this.#consumption?.lost()
      },
      () => undefined,
    )
  }

  #findAgain(): Promise<FoundQueues> {
    const found = findQueues(this.#parts.port, this.#parts.options)
    found.catch(() => undefined)
    return found
  }

  async #countOn(): Promise<void> {
    const { clock } = this.#parts
    const { signal } = this.#closing
    while (!signal.aborted) {
      await this.#count().catch((error: unknown) => this.#failed(error))
      await clock.wait(COUNT_EVERY_MS, signal)
    }
  }

  async #count(): Promise<void> {
    const { port } = this.#parts
    const { jobs, letters } = await this.urls()
    const [inJobs, inLetters] = await Promise.all(
      [jobs, letters].map(async (url) => messagesIn((await port.find({ name: '', url }))?.attributes ?? {})),
    )
    this.#jobs = inJobs ?? 0
    this.#deadLetters = inLetters ?? 0
  }
}

function downBy(cause: unknown): StoreDownError {
  return new StoreDownError(cause instanceof Error ? cause.message : String(cause), { cause })
}

function letterOfReceived({ head, body, message }: SqsJob, death: Death) {
  return body === null ? damagedLetterOf(head, message, death) : letterOf({ head, body }, death)
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const

function messagesIn(attributes: Readonly<Record<string, string>>): number {
  return COUNTS.reduce((sum, name) => sum + (Number(attributes[name]) || 0), 0)
}
