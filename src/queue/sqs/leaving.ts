import type { Consumer } from '../handed-over/queue.js'
import type { JobTarget } from '../job.js'
import type { Calls } from './calls.js'
import { copyOf } from './drafts.js'
import type { InHand } from './in-hand.js'
import { targetKey } from './keeping.js'
import type { QueueUrls } from './queues.js'
import type { Sender } from './sender.js'
import type { SqsJob } from './sqs-job.js'
import { pauseSeconds } from './visibility.js'

/** How long a message stays in the queue that comes while those of its endpoint are being given back, in ms. */
const MEANWHILE_MS = 1000

export interface LeavingParts {
  readonly calls: Calls
  readonly sender: Sender
  readonly hand: InHand
  readonly consumer: Consumer<SqsJob>
  readonly isFifo: boolean
  /** Monotonic, in ms. */
  now(): number
  urls(): Promise<QueueUrls>
  failed(error: unknown): void
}

type IsMeant = (target: JobTarget) => boolean

/** Gives batches back to the queue: one thing at a time to those of an endpoint. */
export class Leaving {
  readonly #parts: LeavingParts
  /** Endpoints whose batches stay in the queue until then, monotonic. */
  readonly #paused = new Map<string, number>()
  readonly #underWay = new Map<string, Promise<void>>()

  constructor(parts: LeavingParts) {
    this.#parts = parts
  }

  /** For how long the batches of an endpoint stay in the queue, in ms; 0 or less: they need not. */
  pausedMs(target: JobTarget): number {
    const key = targetKey(target)
    const leftMs = (this.#paused.get(key) ?? 0) - this.#parts.now()
    if (leftMs <= 0) this.#paused.delete(key)
    return this.#underWay.has(key) ? Math.max(leftMs, MEANWHILE_MS) : leftMs
  }

  /** Leaves the batches of an endpoint in the queue for so long, in ms. */
  pause(target: JobTarget, forMs: number): void {
    const { now } = this.#parts
    const untilMs = now() + forMs
    this.#paused.set(targetKey(target), untilMs)
    this.#begin(target, async (isMeant) => {
      await this.#parts.consumer.giveBack(isMeant)
      await this.#release(isMeant, ({ receivedAtMs, hiddenUntilMs }) =>
        pauseSeconds(untilMs - now(), { receivedAtMs, untilMs: hiddenUntilMs }, now()),
      )
    })
  }

  /** Another process has a message of the endpoint, and with it what its group may deliver. */
  takenOver({ head: { target } }: SqsJob): void {
    this.#begin(target, async (isMeant) => {
      await this.#parts.consumer.lost(isMeant, 'taken-over')
      await this.#release(isMeant, () => 0)
    })
  }

  /** Sends a batch again with its history. In a FIFO queue it would come behind others of its group: there the message itself comes again. */
  replace(job: SqsJob): void {
    const { sender, calls, hand, urls, isFifo, consumer } = this.#parts
    this.#begin(job.head.target, async (isMeant) => {
      await consumer.giveBack(isMeant)
      if (!isFifo && job.body !== null && hand.find(job.messageId) === job) {
        const { jobs: url } = await urls()
        await sender.send(url, [copyOf(job.head, job.copy + 1, job.body)])
        hand.leave(job)
        await calls.remove(url, [job.handle, ...job.twins])
      }
      await this.#release(isMeant, () => 0)
    })
  }

  /** Makes everything visible. */
  async all(): Promise<void> {
    await this.#parts.consumer.giveBack(() => true)
    await this.#release(
      () => true,
      () => 0,
    )
  }

  /** Resolves when nothing is under way. */
  async ended(): Promise<void> {
    await Promise.all(this.#underWay.values())
  }

  #begin(target: JobTarget, work: (isMeant: IsMeant) => Promise<void>): void {
    const key = targetKey(target)
    if (this.#underWay.has(key)) return
    const ended = work((other) => targetKey(other) === key)
      .catch(this.#parts.failed)
      .finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, ended)
  }

  /** @param seconds how long each message is hidden from now */
  async #release(isMeant: IsMeant, seconds: (job: SqsJob) => number): Promise<void> {
    const { hand, calls, urls } = this.#parts
    const jobs = hand.of(isMeant)
    if (jobs.length === 0) return
    const { jobs: url } = await urls()
    await calls.hide(
      url,
      jobs.map((job) => ({ handle: job.handle, seconds: seconds(job) })),
    )
    for (const job of jobs) hand.leave(job)
  }
}
