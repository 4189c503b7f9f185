import { monotonicNow, numberOf, unixNow } from '../../../time/clocks.js'
import type { Consumer } from '../../handed-over/queue.js'
import type { JobTarget } from '../../job.js'
import { sharedLane } from '../keys.js'
import { Lane, LaneGoneError } from '../lane.js'
import type { RedisLink } from '../link.js'
import { Tending } from '../tending.js'
import { ConsumedLane, type LaneJob, PAGE } from './consumed-lane.js'
import { laneOf } from './lane-map.js'
import type { Members } from './members.js'

/** Renewals in one lease, and looks at who else consumes. */
const RENEWALS = 4
const LOOKS = 15
const LONGEST_LOOK_MS = 1000
/** The part of a lease after which no attempt begins that was not renewed. */
const ATTEMPTS_SHARE = 0.8
/** How often lanes are read that have nothing, in ms: at first, and at last. */
const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 100
/** Jobs that may wait in memory, without their bodies, before lanes are read no further. */
const MOST_WAITING = 1_000_000

export interface ConsumingParts {
  readonly link: RedisLink
  readonly members: Members
  readonly prefix: string
  readonly owner: string
  readonly leaseMs: number
  readonly lanes: number
  /** An entry cannot be read, and is left alone. */
  readonly onUnreadable: () => void
}

/**
 * The lanes that this process consumes. All that consume have as many, give or take one.
 *
 *     free    → held     there are fewer here than the fair share, and nobody has a lease
 *     held    → leaving  there are more, or the process ends: attempts end, nothing more is read
 *     leaving → free     no attempt is under way, and what is known is stored
 *     held    → (gone)   another process has the lease, or Redis has lost the lane
 */
export class Consuming {
  readonly #parts: ConsumingParts
  readonly #consumer: Consumer<LaneJob>
  readonly #held = new Map<number, ConsumedLane>()
  /** Lanes that are being given back, or were lost and are still in arenas. */
  readonly #leaving = new Map<number, Promise<void>>()
  readonly #tending: Tending
  #readTimer: NodeJS.Timeout | null = null
  #pauseMs = FIRST_PAUSE_MS
  #reading: Promise<void> = Promise.resolve()
  /** Lanes that are gone and still in arenas. */
  #gone = 0
  #renewedAtMs = Number.NEGATIVE_INFINITY
  #isEnding = false
  #ended: Promise<void> | null = null

  constructor(parts: ConsumingParts, consumer: Consumer<LaneJob>) {
    this.#parts = parts
    this.#consumer = consumer
    const everyMs = Math.min(parts.leaseMs / LOOKS, LONGEST_LOOK_MS)
    this.#tending = new Tending(everyMs, () => this.#tend(), { isAtOnce: true })
    this.#readAfter(FIRST_PAUSE_MS)
  }

  /** How many lanes it has. */
  get size(): number {
    return this.#held.size
  }

  /** @returns undefined when this process does not have it, or has given it up */
  find(number: number): ConsumedLane | undefined {
    return this.#held.get(number)
  }

  /** A call has found that the lane is gone. */
  gone({ lane, reason }: LaneGoneError): void {
    for (const [number, held] of this.#held) {
      if (held.lane !== lane) continue
      this.#held.delete(number)
      this.#gone += 1
      const dropped = held.end().then(() => this.#consumer.lost((target) => this.#isIn(target, number), reason))
      const isOver = (): void => {
        this.#gone -= 1
        this.#extend()
      }
      this.#leave(number, dropped.finally(isOver))
    }
  }

  /** Reads soon: something was stored here. */
  stir(): void {
    if (this.#readTimer === null || this.#pauseMs === FIRST_PAUSE_MS) return
    clearTimeout(this.#readTimer)
    this.#pauseMs = FIRST_PAUSE_MS
    this.#readAfter(0)
  }

  /** Gives all lanes up. What cannot be given up now is free when its lease is over. */
  end(): Promise<void> {
    this.#ended ??= this.#end()
    return this.#ended
  }

  async #end(): Promise<void> {
    this.#isEnding = true
    for (const lane of [...this.#held.values()]) this.#giveBack(lane)
    await Promise.all(this.#leaving.values())
    await this.#tending.stop()
    if (this.#readTimer !== null) clearTimeout(this.#readTimer)
    this.#readTimer = null
    await this.#reading
    this.#consumer.mayAttemptUntil(0)
    await this.#parts.members.leave().catch(() => undefined)
  }

  async #tend(): Promise<void> {
    const { members, leaseMs, lanes } = this.#parts
    const sentAtMs = monotonicNow()
    if (sentAtMs - this.#renewedAtMs >= leaseMs / RENEWALS) await this.#renew(sentAtMs)
    if (this.#isEnding) return
    const share = Math.ceil(lanes / Math.max(await members.stay(leaseMs), 1))
    for (const lane of this.#kept.slice(share)) this.#giveBack(lane)
    await this.#take(share)
  }

  async #renew(sentAtMs: number): Promise<void> {
    const { leaseMs } = this.#parts
    // Those that are being given back too: their attempts have not ended.
    const renewed = [...this.#held.values()].map(async ({ lane }) => {
      try {
        await lane.renew(leaseMs)
      } catch (error) {
        if (!(error instanceof LaneGoneError)) throw error
        this.gone(error)
      }
    })
    await Promise.all(renewed)
    this.#renewedAtMs = sentAtMs
    this.#extend()
  }

  /** What another process has must have left the arenas before any attempt may begin. */
  #extend(): void {
    if (this.#gone > 0 || this.#held.size === 0) return
    this.#consumer.mayAttemptUntil(this.#renewedAtMs + this.#parts.leaseMs * ATTEMPTS_SHARE)
  }

  async #take(share: number): Promise<void> {
    const { link, prefix, owner, leaseMs, lanes } = this.#parts
    const first = Math.floor(Math.random() * lanes)
    for (let step = 0; step < lanes && this.#kept.length < share && !this.#isEnding; step++) {
      const number = (first + step) % lanes
      if (this.#held.has(number) || this.#leaving.has(number)) continue
      const sentAtMs = monotonicNow()
      const taken = await Lane.take(link, prefix, sharedLane(number), owner, leaseMs)
      if (taken === null) continue
      const lane = new ConsumedLane(number, taken.lane, link)
      await lane.readPauses(this.#consumer, numberOf(unixNow()))
      if (this.#isEnding) await taken.lane.leave()
      else {
        if (this.#held.size === 0) this.#renewedAtMs = sentAtMs
        this.#held.set(number, lane)
        this.#extend()
        this.stir()
      }
    }
  }

  /** Lanes that are not on their way to another process. */
  get #kept(): readonly ConsumedLane[] {
    return [...this.#held.values()].filter(({ number }) => !this.#leaving.has(number))
  }

  #giveBack(lane: ConsumedLane): void {
    const { number } = lane
    if (this.#leaving.has(number)) return
    this.#leave(number, this.#release(lane))
  }

  #leave(number: number, left: Promise<void>): void {
    const settled = left.catch(() => undefined).finally(() => this.#leaving.delete(number))
    this.#leaving.set(number, settled)
  }

  async #release(lane: ConsumedLane): Promise<void> {
    await lane.end()
    await this.#consumer.giveBack((target) => this.#isIn(target, lane.number))
    if (this.#held.get(lane.number) !== lane) return
    this.#held.delete(lane.number)
    await lane.lane.leave()
  }

  #isIn(target: JobTarget, number: number): boolean {
    return laneOf(target, this.#parts.lanes) === number
  }

  #readAfter(ms: number): void {
    this.#readTimer = setTimeout(() => {
      this.#readTimer = null
      this.#reading = this.#read()
    }, ms)
  }

  async #read(): Promise<void> {
    const hasFound = await this.#readAll()
    if (this.#isEnding) return
    this.#pauseMs = hasFound ? FIRST_PAUSE_MS : Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS)
    this.#readAfter(this.#pauseMs)
  }

  /** @returns whether something has come */
  async #readAll(): Promise<boolean> {
    let hasFound = false
    for (let lanes = this.#kept; lanes.length > 0; ) {
      if (this.#consumer.waiting.jobs >= MOST_WAITING) return hasFound
      const counts = await Promise.all(lanes.map((lane) => this.#readOne(lane)))
      hasFound ||= counts.some((count) => count > 0)
      lanes = lanes.filter((_, index) => counts[index] === PAGE)
    }
    return hasFound
  }

  /** A server that is away is reported by the next commit. */
  async #readOne(lane: ConsumedLane): Promise<number> {
    try {
      return await lane.read(this.#consumer, this.#parts.onUnreadable)
    } catch (error) {
      if (error instanceof LaneGoneError) this.gone(error)
      return 0
    }
  }
}
