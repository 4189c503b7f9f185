import type { Consumer } from '../handed-over/queue.js'
import type { JobTarget } from '../job.js'
import { Admission } from './admission.js'
import type { Calls } from './calls.js'
import { Crowding } from './crowding.js'
import type { InHand } from './in-hand.js'
import { dueOf, fullestOf, restingOf, safeUntilMs, unreadByTarget } from './keeping.js'
import { Leaving } from './leaving.js'
import type { SqsStoreOptions } from './options.js'
import { pauseMs, waitFor } from './pace.js'
import type { IncomingMessage, SqsPort } from './port.js'
import type { QueueUrls } from './queues.js'
import type { Sender } from './sender.js'
import type { SqsJob } from './sqs-job.js'
import { idleSeconds } from './visibility.js'

/** Received batches that wait for room in an arena, in answers that may come at once. */
const ANSWERS_WAITING = 4
const MOST_WAITING_BYTES = 16 * 1024 * 1024
/** How often room is looked for, and messages whose time is running out, in ms. */
const ROOM_EVERY_MS = 25
const LONGEST_TEND_MS = 5000
/** How long requests that are on their way are waited for at the end, in ms. */
const END_WITHIN_MS = 5000
/** A pause for which the arena is left, in ms. */
const LONG_PAUSE_MS = 60_000

export interface Clock {
  /** Monotonic, in ms. */
  now(): number
  /** Unix ms. */
  unix(): number
  /** Resolves after this time, or when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export interface ConsumptionParts {
  readonly port: SqsPort
  readonly calls: Calls
  readonly sender: Sender
  readonly hand: InHand
  readonly consumer: Consumer<SqsJob>
  readonly options: SqsStoreOptions
  readonly clock: Clock
  urls(): Promise<QueueUrls>
  failed(error: unknown): void
  /** Messages that are not of this version of Signpost, or damaged. */
  skipped(count: number, what: string): void
}

/**
 * Receives messages as there is room for them, and keeps them hidden from others until they have ended.
 *
 *     received → in hand   its batch goes to the consumer
 *     in hand  → in hand   half of its time is over: it is hidden again
 *     in hand  → given back   its endpoint pauses, stands before all others, or the process ends: visible now or after a pause
 *     in hand  → replaced  its twelve hours are nearly over: sent again with its history, and deleted
 *     in hand  → ended     its batch has settled: deleted
 */
export class Consumption {
  readonly #parts: ConsumptionParts
  /** No more is received. */
  readonly #ending = new AbortController()
  /** Requests on their way are given up. */
  readonly #abandoned = new AbortController()
  readonly #loops: Promise<void>[] = []
  readonly #leaving: Leaving
  readonly #admission: Admission
  readonly #crowding: Crowding
  #relieved = 0

  constructor(parts: ConsumptionParts) {
    this.#parts = parts
    const { maxMessages, concurrency, visibilityTimeoutMs } = parts.options
    this.#leaving = new Leaving({ ...parts, isFifo: parts.options.isFifo, now: () => parts.clock.now() })
    this.#admission = new Admission(parts.hand, visibilityTimeoutMs, (target) => this.#leaving.pausedMs(target))
    this.#crowding = new Crowding(ANSWERS_WAITING * maxMessages * concurrency, parts.clock.now())
  }

  begin(): void {
    const { consumer, options } = this.#parts
    if (!options.isFifo) consumer.mayAttemptUntil(Number.POSITIVE_INFINITY)
    else this.#bound()
    for (let loop = 0; loop < options.concurrency; loop++) this.#loops.push(this.#receiveOn())
    this.#loops.push(this.#tendOn())
  }

  /** Receives no more. What is in hand becomes visible when its time is over. */
  async abandon(): Promise<void> {
    this.#abandoned.abort()
    await this.#ended()
  }

  /** Receives no more and makes what is in hand visible. */
  async end(): Promise<void> {
    // A request that is given up may be answered all the same, with messages that nobody hears of until they are visible again.
    const isEnded = new AbortController()
    const late = this.#parts.clock.wait(END_WITHIN_MS, isEnded.signal)
    await Promise.race([this.#ended(), late])
    isEnded.abort()
    await this.abandon()
    await this.#leaving.all()
  }

  async #ended(): Promise<void> {
    this.#ending.abort()
    await Promise.all(this.#loops)
    await this.#leaving.ended()
  }

  /** Nothing is to be sent to the endpoint for so long, in ms: its batches stay in the queue meanwhile, where the pause is long. */
  pause(target: JobTarget, forMs: number): void {
    if (forMs > LONG_PAUSE_MS) this.#leaving.pause(target, forMs)
  }

  /** The queue is gone, and all messages with it. */
  lost(): void {
    const { consumer, hand } = this.#parts
    for (const job of [...hand.all()]) hand.leave(job)
    void consumer.lost(() => true, 'lost').catch((error: unknown) => this.#parts.failed(error))
  }

  /** One look at the messages in hand. */
  async tend(): Promise<void> {
    const { hand, options, clock } = this.#parts
    const { renewals, expiring } = dueOf(hand.all(), options.visibilityTimeoutMs, clock.now())
    if (renewals.length > 0) await this.#renew(renewals)
    for (const job of expiring) this.#leaving.replace(job)
    for (const { target, forMs } of restingOf(hand.all(), LONG_PAUSE_MS, clock.unix()))
      this.#leaving.pause(target, forMs)
    if (options.isFifo) this.#bound()
    this.#relieve()
  }

  async #tendOn(): Promise<void> {
    const { options, clock, failed } = this.#parts
    const everyMs = Math.min(options.visibilityTimeoutMs / 10, LONGEST_TEND_MS)
    const { signal } = this.#ending
    while (!signal.aborted) {
      await this.tend().catch(failed)
      await clock.wait(everyMs, signal)
    }
  }

  async #receiveOn(): Promise<void> {
    const { clock, failed } = this.#parts
    const { signal } = this.#ending
    for (let tries = 1; !signal.aborted; ) {
      const isProbe = !this.#hasRoom()
      if (isProbe && !this.#startProbe()) {
        await clock.wait(ROOM_EVERY_MS, signal)
        continue
      }
      try {
        await this.#receive(isProbe)
        tries = 1
      } catch (error) {
        if (signal.aborted) return
        failed(error)
        await clock.wait(pauseMs(tries, 1), signal)
        tries += 1
      }
    }
  }

  /** @param isProbe only batches of endpoints are wanted of which none waits */
  async #receive(isProbe: boolean): Promise<void> {
    const { port, urls, options, clock } = this.#parts
    const { jobs } = await urls()
    const askedAtMs = clock.now()
    const messages = await port.receive(jobs, {
      mostMessages: options.maxMessages,
      waitSeconds: isProbe ? 0 : options.waitTimeSeconds,
      hiddenSeconds: Math.floor(options.visibilityTimeoutMs / 1000),
      signal: this.#abandoned.signal,
    })
    // The answer came while it waited: the time that counts is not known better than from when it came, and a second less.
    const hiddenFromMs = Math.max(askedAtMs, clock.now() - 1000)
    if (messages.length > 0) await this.#accept(jobs, messages, hiddenFromMs, isProbe)
  }

  async #accept(url: string, messages: readonly IncomingMessage[], atMs: number, isProbe: boolean): Promise<void> {
    const { consumer, options, calls, skipped, clock } = this.#parts
    if (this.#ending.signal.aborted) {
      await calls.hide(
        url,
        messages.map(({ handle }) => ({ handle, seconds: 0 })),
      )
      return
    }
    const { fresh, hidings, foreign } = this.#admission.sort(messages, isProbe, atMs)
    if (foreign > 0)
      skipped(foreign, 'a message in the queue was not written by this version of Signpost: it stays there')
    if (options.isFifo) this.#bound()
    this.#crowding.accepted(fresh.length, clock.now())
    if (fresh.length > 0) await this.#offer(url, consumer.received(fresh))
    if (hidings.length > 0) await calls.hide(url, hidings)
  }

  /** What the consumer does not take has ended. */
  async #offer(url: string, repeated: readonly SqsJob[]): Promise<void> {
    const { hand, calls } = this.#parts
    for (const job of repeated) hand.remove(job)
    if (repeated.length > 0)
      await calls.remove(
        url,
        repeated.map(({ handle }) => handle),
      )
  }

  async #renew(renewals: readonly { readonly job: SqsJob; readonly seconds: number }[]): Promise<void> {
    const { calls, urls, clock, options } = this.#parts
    const { jobs: url } = await urls()
    const askedAtMs = clock.now()
    const hidings = renewals.map(({ job, seconds }) => ({ handle: job.handle, seconds }))
    const outcomes = await calls.hide(url, hidings)
    for (const [index, { job, seconds }] of renewals.entries()) {
      const failure = outcomes[index] ?? null
      if (failure === null) job.hiddenUntilMs = askedAtMs + seconds * 1000
      else if (failure.kind === 'stale-handle' && hidings[index]?.handle === job.handle && !job.isEnding) {
        // It is not renewed any more: it is deleted when it ends, if it can be.
        if (options.isFifo) this.#leaving.takenOver(job)
        else job.hiddenUntilMs = Number.POSITIVE_INFINITY
      }
    }
  }

  /** Batches that nobody can take at present must not stand before all others. */
  #relieve(): void {
    const { clock, hand, consumer } = this.#parts
    if (this.#hasRoom()) this.#relieved = 0
    if (!this.#crowding.startRelief(consumer.waiting.jobs, clock.now())) return
    this.#relieved += 1
    const target = fullestOf(unreadByTarget(hand.all()))
    if (target !== null) this.#leaving.pause(target, idleSeconds(this.#relieved) * 1000)
  }

  #hasRoom(): boolean {
    const { jobs, bytes } = this.#parts.consumer.waiting
    return this.#crowding.hasRoom(jobs) && bytes < MOST_WAITING_BYTES
  }

  #startProbe(): boolean {
    const { consumer, clock } = this.#parts
    const { jobs, bytes } = consumer.waiting
    return bytes < 2 * MOST_WAITING_BYTES && this.#crowding.startProbe(jobs, clock.now())
  }

  #bound(): void {
    const { consumer, hand, options } = this.#parts
    consumer.mayAttemptUntil(safeUntilMs(hand.all(), options.visibilityTimeoutMs))
  }
}

/** The clock of the machine. */
export function machineClock(now: () => number): Clock {
  return { now, unix: () => Date.now(), wait: waitFor }
}
