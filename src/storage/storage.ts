import type { MessagePort } from 'node:worker_threads'
import { StoreHealth } from '../hand-over/layout.js'
import type { JobTarget } from '../queue/job.js'
import type {
  Backlog,
  JobChange,
  JobStore,
  Letter,
  LetterQuery,
  LetterSelection,
  OpenStore,
  StoreLoss,
} from '../queue/job-store.js'
import { monotonicNow as now } from '../time/clocks.js'
import { adopt, reclaim } from './adopt.js'
import { Commits } from './commits.js'
import { HealthReports } from './health-reports.js'
import { Holder } from './holder.js'
import { storeLeftBehind } from './left-behind.js'
import type { BehindEndpoint, StorageControl, StorageNotice } from './messages.js'
import { Pace } from './pace.js'
import { Requests } from './requests.js'
import type { ShardSide } from './shard-side.js'
import type { StorageCounters } from './storage-counters.js'

/** How often the figures of the store are counted, and how often a thread at rest looks at the clock, in ms. */
const COUNT_EVERY_MS = 100
const REST_MS = 1000
/** A count that takes long, because many endpoints have a backlog, is followed by a pause of so many times as long. */
const PAUSE_PER_COUNT = 50
/** At most one report in this time, in ms, of what cannot be read. */
const REPORT_EVERY_MS = 10_000

/** Commits that may fail during a close before what is left is given up: a server that fails over is back after some. */
const CLOSING_FAILURES = 5
/** A store that has been down for longer than this at a close, in ms, has had its time. */
const LONG_DOWN_MS = 5000
/** Offers to a full store that may be refused during a close: the first is made beside what makes room. */
const CLOSING_REFUSALS = 2

/** Parked jobs that are abandoned at once. */
const ABANDONED_AT_ONCE = 1000

/** A caller that waits for what was handed over to be stored. */
interface Waiter {
  /** Whether it waits on while the store is down. */
  readonly isPatient: boolean
  readonly resolve: (isStored: boolean) => void
}

/** The storage thread's loop: commits when the pace says so, and answers calls in between. */
export class Storage implements StorageControl {
  readonly #store: OpenStore
  readonly #sides: readonly ShardSide[]
  readonly #counters: StorageCounters
  readonly #notify: (notice: StorageNotice) => void
  readonly #commits: Commits
  readonly #requests: Requests
  readonly #holder: Holder
  readonly #pace: Pace
  readonly #reports = new HealthReports()
  #timer: NodeJS.Timeout | null = null
  #isTurning = false
  #isRung = false
  #isClosing = false
  /** Commits that may still fail before it is closed all the same. */
  #failuresLeft = 0
  #refusalsLeft = 0
  #downSinceMs = Number.POSITIVE_INFINITY
  #takeOverTimer: NodeJS.Timeout | null = null
  #takingOver: Promise<void> = Promise.resolve()
  #isClosed: () => void = () => undefined
  #waiters: readonly Waiter[] = []
  #countAtMs = Number.NEGATIVE_INFINITY
  #unreadableAtMs = Number.NEGATIVE_INFINITY

  constructor(
    store: OpenStore,
    sides: readonly ShardSide[],
    counters: StorageCounters,
    notify: (notice: StorageNotice) => void,
  ) {
    this.#store = store
    this.#pace = new Pace(store.commitEveryMs)
    this.#sides = sides
    this.#counters = counters
    this.#notify = notify
    this.#commits = new Commits(store.jobs, sides)
    this.#holder = new Holder(sides, {
      unplaced: (targets) => notify({ kind: 'unplaced', targets }),
      lost: (loss) => notify({ kind: 'lost', loss }),
      barrier: () => this.#barrier(),
    })
    this.#requests = new Requests(store, {
      dropped: (side, ticket) => this.#holder.dropped(side, ticket),
      unplaced: (side, endpoints) => this.#holder.unplaced(side, endpoints),
      ring: this.#ring,
      barrier: () => this.#barrier(),
      named: () => {
        this.#commits.named()
        this.#ring()
      },
      owe: (change) => this.#commits.owe(change),
      unreadable: (error) => this.#unreadable(error instanceof Error ? error.message : String(error)),
    })
    for (const side of sides) {
      this.#commits.offer(adopt(side, store))
      // The shard looks at what counts as stored now, when it is connected.
      side.handOver.committed()
    }
    store.listen?.({
      parked: () => notify({ kind: 'adopted' }),
      lost: (loss) => this.#lost(loss),
      failed: (message) => this.#unreadable(message),
    })
    store.handedOver?.serve(this.#holder)
    this.#ring()
  }

  /** Connects a thread of a shard. What a former thread had taken and has nowhere is parked again. */
  async attach(shard: number, port: MessagePort): Promise<void> {
    const side = this.#side(shard)
    for (const id of side.attach(port, (call) => this.#requests.receive(side, call))) this.#owe({ kind: 'release', id })
    this.#holder.attached(side)
    // What was stored before was told to nobody, though the thread may have asked for it.
    side.send({ kind: 'stored' })
    await this.#barrier()
  }

  async behind(shard: number): Promise<readonly BehindEndpoint[]> {
    // What a former thread had taken is parked again first, or nobody would ask for it.
    await this.#barrier(true)
    const behind = new Set<string>()
    for (const { target } of this.#store.jobs.backlogs()) behind.add(JSON.stringify([target.app, target.endpoint]))
    return this.#side(shard).behind(({ app, endpoint }) => behind.has(JSON.stringify([app, endpoint])))
  }

  async jobs(): Promise<number> {
    await this.#barrier()
    return this.#store.figures().jobs
  }

  async backlogs(): Promise<readonly Backlog[]> {
    await this.#barrier()
    return [...this.#store.jobs.backlogs()]
  }

  async nextSeq(): Promise<number> {
    return this.#store.nextSeq?.() ?? 0
  }

  async listLetters(query: LetterQuery): Promise<readonly Letter[]> {
    await this.#barrier()
    return this.#store.letters.list(query)
  }

  async replayLetters(selection: LetterSelection): Promise<readonly Backlog[]> {
    await this.#barrier()
    return this.#store.letters.replay(selection)
  }

  async purgeLetters(selection: LetterSelection): Promise<number> {
    await this.#barrier()
    return this.#store.letters.purge(selection)
  }

  async abandon(target: JobTarget, cause: string, error: string): Promise<number> {
    let abandoned = 0
    for (;;) {
      const heads = await this.#store.jobs.take(target, ABANDONED_AT_ONCE)
      for (const { id, life, attempts, status } of heads) {
        this.#owe({ kind: 'dead', id, death: { life, attempts, status, cause, error, diedAt: Date.now() } })
      }
      abandoned += heads.length
      await this.#barrier()
      if (heads.length < ABANDONED_AT_ONCE) return abandoned
    }
  }

  /** Looks now and then for what processes left that no longer run. */
  takeOverEvery(everyMs: number): void {
    this.#takeOverTimer = setTimeout(() => {
      this.#takingOver = this.#takeOver().then(() => {
        if (!this.#isClosing) this.takeOverEvery(everyMs)
      })
    }, everyMs).unref()
  }

  async giveBack(): Promise<void> {
    await this.#store.handedOver?.stop()
  }

  async close(): Promise<void> {
    if (this.#takeOverTimer !== null) clearTimeout(this.#takeOverTimer)
    this.#isClosing = true
    const isDownForLong = now() - this.#downSinceMs > LONG_DOWN_MS
    this.#failuresLeft = isDownForLong ? 0 : CLOSING_FAILURES
    this.#pace.resume()
    await this.#takingOver
    this.#holder.end()
    const handsOver = this.#store.handedOver !== undefined
    await storeLeftBehind(this.#sides, handsOver, this.#commits, () => this.#drained())
    this.#clearTimer()
    for (const side of this.#sides) side.close()
    this.#count()
    await this.#store.jobs.close()
  }

  /** Resolves when everything that is handed over is stored, or cannot be at present. Only while it is closed. */
  #drained(): Promise<void> {
    return new Promise<void>((resolve) => {
      this.#refusalsLeft = CLOSING_REFUSALS
      this.#isClosed = resolve
      this.#ring()
    })
  }

  async #takeOver(): Promise<void> {
    // In a store without room it would only be in the way of what comes from here.
    if (this.#commits.health !== StoreHealth.Ok) return
    const taken = await this.#store.takeOver?.(() => this.#isClosing)
    if (taken === undefined) return
    const { jobs, letters, problems } = taken
    if (jobs + letters + problems.length > 0) this.#notify({ kind: 'taken-over', ...taken })
  }

  readonly #ring = (): void => {
    this.#isRung = true
    for (const { handOver } of this.#sides) handOver.stir()
    this.#clearTimer()
    if (!this.#isTurning) void this.#turn()
  }

  async #turn(): Promise<void> {
    this.#isTurning = true
    while (await this.#step()) {
      // So that messages get their turn too.
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#isTurning = false
    if (this.#isRung) this.#ring()
  }

  /** @returns whether to go on at once */
  async #step(): Promise<boolean> {
    this.#isRung = false
    const nowMs = now()
    this.#countNowAndThen(nowMs)
    const hasWork = this.#commits.hasWork(this.#mayOffer(nowMs))
    const isDown = this.#commits.health === StoreHealth.Down
    if (!hasWork || isDown) this.#release(this.#waiters, !hasWork)
    if (this.#isClosing && (!hasWork || (isDown && this.#failuresLeft === 0))) {
      this.#isClosed()
      return false
    }
    const next = this.#pace.next(hasWork, this.#takeUrgency(), nowMs)
    if (next.kind === 'commit') await this.#commit(next.isTidying, nowMs)
    else if (!this.#isRung) this.#wait(next.kind === 'rest' ? this.#restMs() : next.ms)
    return next.kind === 'commit'
  }

  async #commit(isTidying: boolean, nowMs: number): Promise<void> {
    const waiters = this.#waiters
    const mayOffer = this.#mayOffer(nowMs)
    const result = await this.#commits.commit({ mayOffer, isTidying })
    const afterMs = now()
    this.#counters.set('store_commit_ms', afterMs - nowMs)
    if (result.kind === 'failed') {
      this.#pace.failed(afterMs)
      this.#failuresLeft = Math.max(this.#failuresLeft - 1, 0)
      this.#downSinceMs = Math.min(this.#downSinceMs, afterMs)
      this.#counters.add('store_failures', 1)
      this.#release(this.#waiters, false)
      this.#report(result.reason)
      return
    }
    this.#downSinceMs = Number.POSITIVE_INFINITY
    this.#pace.committed(afterMs, isTidying)
    // Only an offer that was made puts off the next one.
    if (result.kind === 'full' && mayOffer) {
      this.#pace.wasFull(afterMs)
      this.#refusalsLeft = Math.max(this.#refusalsLeft - 1, 0)
    }
    if (result.isAll) this.#release(waiters, true)
    this.#report('')
  }

  /** Whether jobs that found no room may be offered again. */
  #mayOffer(nowMs: number): boolean {
    return this.#pace.mayOffer(nowMs) || (this.#isClosing && this.#refusalsLeft > 0)
  }

  /** Says what has become of the store's health, if that is new. @param reason why it is down, if it is */
  #report(reason: string): void {
    const report = this.#reports.after(this.#commits.health, now())
    if (report !== null) this.#notify(report === 'down' ? { kind: report, message: reason } : { kind: report })
  }

  /** Nothing that could not be read says that nothing can be written. */
  #unreadable(message: string): void {
    this.#counters.add('store_failures', 1)
    if (now() - this.#unreadableAtMs < REPORT_EVERY_MS) return
    this.#unreadableAtMs = now()
    this.#notify({ kind: 'unreadable', message })
  }

  #lost(loss: StoreLoss): void {
    for (const side of this.#sides) this.#commits.offer(reclaim(side, this.#store.jobs))
    this.#notify({ kind: 'lost', loss })
    this.#ring()
  }

  #side(shard: number): ShardSide {
    const side = this.#sides.find((each) => each.shard === shard)
    if (side === undefined) throw new Error(`there is no shard ${shard}`)
    return side
  }

  #owe(change: JobChange): void {
    this.#commits.owe(change)
    this.#ring()
  }

  /**
   * Resolves when what is handed over or owed by now is stored, or cannot be at present, unless the caller is patient.
   * @returns whether it is stored
   */
  async #barrier(isPatient = false): Promise<boolean> {
    if (!this.#commits.hasWork(this.#mayOffer(now()))) return true
    return new Promise((resolve) => {
      this.#waiters = [...this.#waiters, { isPatient, resolve }]
      this.#ring()
    })
  }

  #release(waiters: readonly Waiter[], isStored: boolean): void {
    if (waiters.length === 0) return
    const released = waiters.filter(({ isPatient }) => isStored || !isPatient)
    this.#waiters = this.#waiters.filter((waiter) => !released.includes(waiter))
    for (const { resolve } of released) resolve(isStored)
  }

  #wait(ms: number): void {
    this.#clearTimer()
    this.#timer = setTimeout(() => {
      this.#timer = null
      if (!this.#isTurning) void this.#turn()
    }, ms)
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** Goes to rest, unless something has come at this very moment. @returns for how long, in ms */
  #restMs(): number {
    return this.#sides.every(({ handOver }) => handOver.rest()) ? REST_MS : 0
  }

  #takeUrgency(): boolean {
    let isUrgent = this.#isClosing || this.#waiters.length > 0
    for (const { handOver } of this.#sides) isUrgent = handOver.takeUrgency() || isUrgent
    return isUrgent
  }

  #countNowAndThen(nowMs: number): void {
    if (nowMs < this.#countAtMs) return
    this.#count()
    this.#countAtMs = nowMs + Math.max(COUNT_EVERY_MS, (now() - nowMs) * PAUSE_PER_COUNT)
  }

  #count(): void {
    const figures = this.#store.figures()
    this.#counters.set('stored_jobs', figures.jobs)
    this.#counters.set('stored_bytes', figures.bytes)
    this.#counters.set('parked_jobs', parkedIn(this.#store.jobs))
    this.#counters.set('stored_dead_letters', figures.letters)
    this.#counters.set('stored_dead_letter_bytes', figures.letterBytes)
    this.#counters.set('store_medium_bytes', figures.storedBytes)
    this.#counters.set('stored_dead_letters_evicted', figures.lettersEvicted)
    this.#counters.set('skipped_records', figures.skipped)
    this.#counters.set('unnamed_jobs', this.#commits.unnamed)
  }
}

function parkedIn(store: Pick<JobStore, 'backlogs'>): number {
  let parked = 0
  for (const { jobs } of store.backlogs()) parked += jobs
  return parked
}
