import type { JobTarget } from '../job.js'
import type { InHand } from './in-hand.js'
import { targetKey, unreadByTarget } from './keeping.js'
import type { Hiding, IncomingMessage } from './port.js'
import { jobOf, type SqsJob } from './sqs-job.js'
import { idleSeconds, pauseSeconds } from './visibility.js'

/** What becomes of the messages of one answer. */
export interface Sorted {
  /** In hand now. */
  readonly fresh: readonly SqsJob[]
  /** To be hidden for a while, and received again. */
  readonly hidings: readonly Hiding[]
  /** How many of these are not of this version of Signpost. */
  readonly foreign: number
}

/** Decides which received messages are delivered here and now. */
export class Admission {
  readonly #hand: InHand
  readonly #visibilityTimeoutMs: number
  readonly #pausedMs: (target: JobTarget) => number

  /** @param pausedMs for how long the batches of an endpoint stay in the queue; 0 or less: they need not */
  constructor(hand: InHand, visibilityTimeoutMs: number, pausedMs: (target: JobTarget) => number) {
    this.#hand = hand
    this.#visibilityTimeoutMs = visibilityTimeoutMs
    this.#pausedMs = pausedMs
  }

  /** @param isProbe only batches of endpoints are taken of which none waits; @param atMs when the messages were received, monotonic */
  sort(messages: readonly IncomingMessage[], isProbe: boolean, atMs: number): Sorted {
    const crowded: ReadonlyMap<string, unknown> = isProbe ? unreadByTarget(this.#hand.all()) : new Map()
    const fresh: SqsJob[] = []
    const hidings: Hiding[] = []
    let foreign = 0
    for (const message of messages) {
      const { handle, receiveCount } = message
      const job = jobOf(message, atMs, this.#visibilityTimeoutMs)
      if (job === null) foreign += 1
      else if (this.#isKnown(job)) continue
      const seconds = job === null ? idleSeconds(receiveCount) : this.#waits(job, receiveCount, crowded, atMs)
      if (job === null || seconds > 0) hidings.push({ handle, seconds })
      else {
        this.#hand.add(job)
        fresh.push(job)
      }
    }
    return { fresh, hidings, foreign }
  }

  /** @returns for how many seconds the job stays in the queue; 0: it is taken */
  #waits(job: SqsJob, receiveCount: number, crowded: ReadonlyMap<string, unknown>, atMs: number): number {
    const { target } = job.head
    const pausedMs = this.#pausedMs(target)
    if (pausedMs > 0) {
      return Math.max(pauseSeconds(pausedMs, { receivedAtMs: atMs, untilMs: job.hiddenUntilMs }, atMs), 1)
    }
    // Of another life of the batch that is in hand the end is awaited.
    const isInTheWay = this.#hand.twinOf(job) !== undefined || crowded.has(targetKey(target))
    return isInTheWay ? idleSeconds(receiveCount) : 0
  }

  /** @returns whether the message is in hand already, or another with the same batch is */
  #isKnown(job: SqsJob): boolean {
    const known = this.#hand.find(job.messageId)
    if (known !== undefined) {
      known.handle = job.handle
      known.receivedAtMs = job.receivedAtMs
      known.hiddenUntilMs = job.hiddenUntilMs
      return true
    }
    const twin = this.#hand.twinOf(job)
    if (twin === undefined || twin.head.life !== job.head.life) return false
    twin.twins = [...twin.twins, job.handle]
    return true
  }
}
