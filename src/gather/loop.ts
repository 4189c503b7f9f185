import type { RingConsumer } from '../ring/consumer.js'
import { Control } from '../ring/layout.js'
import { monotonicNow as now } from '../time/clocks.js'
import type { Gather } from './gather.js'
import type { Intake } from './intake.js'
import { Slice } from './slice.js'

/** The longest that `setTimeout` can wait, in ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** A poll is this part of the batch window, so that it adds little to it. */
const POLLS_PER_WINDOW = 16
const LONGEST_POLL_MS = 4
/** Batch windows for which deadlines wait behind a backlog. */
const WINDOWS_BEHIND = 4
/** Empty polls after which the shard goes to rest. */
const PATIENCE = POLLS_PER_WINDOW * 2

/** What the loop calls at each turn, and at this time at the latest. */
export interface Timed {
  /** In ms; Infinity: nothing is to be done. */
  readonly nextAtMs: number
  run(nowMs: number): void
  /** The thread is about to rest until something comes. @returns false: another turn first */
  rest(): boolean
}

/**
 * What drives a shard. Its wake-up is a state machine:
 *
 *     busy     the ring had more than a slice: goes on at the next turn of the event loop
 *       → polling  the ring is empty
 *     polling  looks again within a part of the batch window; the producer rings for nothing
 *       → busy     something came
 *       → armed    nothing came for two windows. With batching off at once: there is no window to hide a poll in
 *     armed    at rest; the producer's next write rings, timers go on
 *       → busy     the doorbell
 *     blocked  the arena and its reserve are full, or a marker waits for its call: the ring is left alone until `wake`
 *       → busy
 */
export class Loop {
  readonly #pollMs: number
  #timer: NodeJS.Timeout | null = null
  #timerAtMs = Number.POSITIVE_INFINITY
  #immediate: NodeJS.Immediate | null = null
  #emptyPolls = 0
  /** Since when slices have not emptied the ring; null: they do. */
  #behindSinceMs: number | null = null
  readonly #patienceMs: number
  #isBlocked = false
  /** The last slice ended at its bound: there may be more in the ring. */
  #isCut = false
  #isEnded = false
  readonly #slice = new Slice(now)

  readonly #gather: Gather
  readonly #couriers: Timed
  readonly #ring: RingConsumer
  readonly #intake: Intake
  readonly #report: () => void

  constructor(
    gather: Gather,
    couriers: Timed,
    ring: RingConsumer,
    intake: Intake,
    durationMs: number,
    /** Called at the end of each turn. */
    report: () => void,
  ) {
    this.#gather = gather
    this.#couriers = couriers
    this.#ring = ring
    this.#intake = intake
    this.#report = report
    this.#patienceMs = durationMs * WINDOWS_BEHIND
    this.#pollMs = durationMs === 0 ? 0 : Math.min(Math.max(durationMs / POLLS_PER_WINDOW, 1), LONGEST_POLL_MS)
  }

  /** Looks at everything at the next turn. Safe to call often. */
  readonly wake = (): void => {
    if (this.#isEnded || this.#immediate !== null) return
    this.#immediate = setImmediate(this.#turn)
  }

  /** Ends the loop for good. */
  end(): void {
    this.#isEnded = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#immediate !== null) clearImmediate(this.#immediate)
  }

  readonly #turn = (): void => {
    this.#immediate = null
    const nowMs = now()
    this.#gather.emission.read(nowMs)
    const read = this.#drain(nowMs)
    if (!this.#isCatchingUp(nowMs)) this.#fireDeadlines(nowMs)
    this.#fireReleases(nowMs)
    this.#couriers.run(nowMs)
    this.#gather.passivation.run(nowMs)
    if (this.#ring.takeDrain()) this.#gather.notices.tell({ kind: 'drain' })
    this.#report()
    this.#rest(read)
  }

  /**
   * Behind a backlog every event is as old as the batch window when it is read, and firing its deadline after each slice would
   * make batches of one or two. The deadlines wait until the backlog is read, or until they have waited for some windows.
   */
  #isCatchingUp(nowMs: number): boolean {
    if (!this.#isCut || this.#ring.backlogBytes === 0) {
      this.#behindSinceMs = null
      return false
    }
    this.#behindSinceMs ??= nowMs
    if (nowMs - this.#behindSinceMs < this.#patienceMs) return true
    this.#behindSinceMs = nowMs
    return false
  }

  #drain(nowMs: number): number {
    const { control } = this.#ring.memory
    this.#intake.begin()
    this.#gather.reserve.replay(nowMs)
    this.#isBlocked = false
    // A plain store: it is only read after this thread has ended.
    control[Control.Processing] = 1
    let read = 0
    this.#isCut = false
    this.#slice.begin(nowMs)
    while (!this.#isCut) {
      const taken = this.#intake.next(nowMs)
      this.#isBlocked = taken === 'waits'
      if (taken !== 'taken') break
      read += 1
      this.#isCut = this.#slice.isOver()
    }
    control[Control.Processing] = 0
    return read
  }

  #fireDeadlines(nowMs: number): void {
    const { deadlines, actors } = this.#gather
    for (let due = deadlines.takeDue(nowMs); due !== undefined; due = deadlines.takeDue(nowMs)) {
      const { endpoint, generation } = due
      actors.receive(due.app, { kind: 'deadline', endpoint, generation }, nowMs)
    }
  }

  #fireReleases(nowMs: number): void {
    const { releases, actors, outlet } = this.#gather
    for (let due = releases.takeDue(nowMs); due !== undefined; due = releases.takeDue(nowMs)) {
      if (actors.receive(due, { kind: 'release' }, nowMs) === 'stalled') outlet.makeRoom()
    }
  }

  #rest(read: number): void {
    if (this.#isEnded || this.#immediate !== null) return
    if (read > 0) this.#emptyPolls = 0
    const { deadlines, releases, passivation, reserve } = this.#gather
    if (reserve.isWorthATry) {
      this.wake()
      return
    }
    const ringAtMs = this.#isBlocked ? Number.POSITIVE_INFINITY : this.#nextLookAtMs()
    if (ringAtMs === Number.POSITIVE_INFINITY && !this.#couriers.rest()) {
      this.wake()
      return
    }
    const dueAtMs = Math.min(deadlines.nextAtMs, releases.nextAtMs, this.#couriers.nextAtMs)
    this.#setTimer(Math.min(ringAtMs, dueAtMs, passivation.nextAtMs))
  }

  /** When to look at the ring again, in ms; Infinity: the producer rings. */
  #nextLookAtMs(): number {
    if (this.#isCut) return 0
    this.#emptyPolls += 1
    if (this.#pollMs > 0 && this.#emptyPolls <= PATIENCE) return now() + this.#pollMs
    if (!this.#ring.arm()) return 0
    if (this.#ring.takeDrain()) {
      this.#gather.notices.tell({ kind: 'drain' })
      this.#gather.notices.post()
    }
    return Number.POSITIVE_INFINITY
  }

  #setTimer(atMs: number): void {
    if (atMs === 0) {
      this.wake()
      return
    }
    if (this.#timer !== null && this.#timerAtMs <= atMs) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#timerAtMs = atMs
    if (atMs === Number.POSITIVE_INFINITY) return
    const waitMs = Math.min(Math.max(atMs - now(), 0), LONGEST_TIMER_MS)
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#timerAtMs = Number.POSITIVE_INFINITY
      if (this.#immediate === null) this.#turn()
    }, waitMs)
  }
}
