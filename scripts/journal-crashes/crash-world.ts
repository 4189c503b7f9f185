import * as assert from 'uvu/assert'
import { StoreDownError, StoreFullError } from '../../src/queue/errors.js'
import type { Job, JobHead, JobTarget } from '../../src/queue/job.js'
import type { Group, JobChange, OpenStore } from '../../src/queue/job-store.js'
import type { Disk } from '../../src/queue/journal/disk.js'
import { openJournal } from '../../src/queue/journal/open-journal.js'
import type { JournalOptions } from '../../src/queue/journal/options.js'
import { rules as allRules, type Rules } from '../../src/queue/journal/rules.js'
import { unixMs } from '../../src/time/clocks.js'
import { assertSameBytes, keyOf, ModelJob, steps } from './model.js'
import { SeededRandom } from './random.js'
import { Crash, SimulatedDisk } from './simulated-disk.js'

/** What is broken on purpose. */
export interface Mutant {
  readonly rules?: Partial<Rules>
  /** Stands between the journal and the disk. Called at each start. */
  readonly disk?: (disk: SimulatedDisk) => Disk
  readonly random?: (bytes: number) => Uint8Array
}

export interface WorldOptions {
  readonly seed: number
  readonly crashes: number
  readonly mutant?: Mutant
  readonly sync?: 'power' | 'process'
  /** Of how many calls to the disk one fails; 0: none does. */
  readonly failsEvery?: number
  /** Letters are evicted when they are more than this. */
  readonly letterBytes?: number
}

const SEGMENT_BYTES = 20 * 1024
const SEGMENTS = 12
const TARGETS: readonly JobTarget[] = ['one', 'two', 'three'].map((endpoint) => ({ app: 'app', endpoint }))
/** Too few for the journal to evict any. */
const MANY_LETTERS = 15
const MANY_BYTES = 2 ** 40

/**
 * Uses a journal at random over a disk that crashes again and again, and checks after each start that it holds all that it must, and
 * nothing that it must not.
 * @throws AssertionError with the seed
 */
export async function crashAgainAndAgain(options: WorldOptions): Promise<void> {
  const world = new CrashWorld(options)
  try {
    await world.run()
  } catch (error) {
    if (error instanceof Error) error.message = `seed ${options.seed}, crash ${world.crashes}: ${error.message}`
    throw error
  }
}

class CrashWorld {
  readonly #options: WorldOptions
  readonly #random: SeededRandom
  readonly #disk: SimulatedDisk
  /** Those of which something may be in the store. */
  readonly #jobs = new Map<string, ModelJob>()
  /** Done, and gone from the store: they must never be seen again. */
  readonly #over = new Set<string>()
  readonly #held = new Map<string, JobHead>()
  /** Letters may have gone, and those that have may come back. */
  #mayEvict: boolean
  #store: OpenStore | null = null
  #now = 0
  #nextSeq = 1
  #nextNumber = 1
  crashes = 0

  constructor(options: WorldOptions) {
    this.#options = options
    this.#random = new SeededRandom(options.seed)
    this.#mayEvict = options.letterBytes !== undefined
    this.#disk = new SimulatedDisk(this.#random)
  }

  async run(): Promise<void> {
    while (this.crashes < this.#options.crashes) {
      try {
        await this.#live()
      } catch (error) {
        if (!this.#disk.isDown) throw error
        this.crashes += 1
        this.#disk.restart()
      }
    }
  }

  async #live(): Promise<void> {
    const random = this.#random
    this.#disk.fail = () => null
    if (random.chance(0.2)) this.#crashSoon(25)
    if (this.#store !== null && this.#store.figures().lettersEvicted > 0) this.#mayEvict = true
    const store = this.#open()
    this.#store = store
    this.#disk.crashIn(Number.POSITIVE_INFINITY, 'power')
    this.#nextSeq = Math.max(this.#nextSeq, store.firstSeq)
    await this.#check(store)
    if (random.chance(0.05)) {
      // The storage thread has died, and soon after it the power.
      this.#disk.crash('power')
      throw new Crash()
    }
    this.#crashSoon(random.chance(0.15) ? 120 : 30)
    const { failsEvery = 0 } = this.#options
    this.#disk.fail = (operation) => {
      return failsEvery > 0 && operation !== 'read' && operation !== 'open' && random.chance(1 / failsEvery)
        ? Object.assign(new Error('the disk failed'), { code: random.chance(0.3) ? 'ENOSPC' : 'EIO' })
        : null
    }
    while (!this.#disk.isDown) await this.#act(store)
    throw new Crash()
  }

  #crashSoon(most: number): void {
    const powerOnly = this.#options.sync === 'process' ? 0 : 0.7
    this.#disk.crashIn(1 + this.#random.below(most), this.#random.chance(powerOnly) ? 'power' : 'process')
  }

  #open(): OpenStore {
    const { mutant, sync = 'power', letterBytes = MANY_BYTES } = this.#options
    const disk = mutant?.disk?.(this.#disk) ?? this.#disk
    const options: JournalOptions = {
      maxBytes: SEGMENTS * SEGMENT_BYTES,
      segmentBytes: SEGMENT_BYTES,
      maxJobs: 1000,
      sync,
      letters: { maxBytes: letterBytes, maxAgeMs: MANY_BYTES },
      clock: { monotonicNow: () => this.#now, unixNow: () => unixMs(this.#now) },
      random: mutant?.random ?? ((bytes) => this.#random.bytes(bytes)),
    }
    return openJournal(disk, options, { ...allRules, ...mutant?.rules })
  }

  async #check(store: OpenStore): Promise<void> {
    const seen = new Set<string>()
    this.#held.clear()
    for (const { target, jobs } of [...store.jobs.backlogs()]) {
      let last = -1
      for (let left = jobs; left > 0; ) {
        const heads = await store.jobs.take(target, 1 + this.#random.below(8))
        assert.ok(heads.length > 0, 'fewer jobs are parked than was said')
        left -= heads.length
        for (const head of heads) {
          assert.ok(head.seq >= last, `seq ${head.seq} came after ${last}`)
          last = head.seq
          await this.#checkLive(store, head)
          seen.add(keyOf(head.id))
        }
      }
    }
    assert.is(store.recovery.jobs, seen.size)
    const letters = await store.letters.list({ limit: 10_000, after: null })
    assert.is(store.recovery.deadLetters, letters.length)
    for (const letter of letters) {
      this.#job(letter.head.id).sawDead(letter)
      seen.add(keyOf(letter.head.id))
    }
    assert.is(store.recovery.damaged, 0)
    for (const job of this.#jobs.values()) if (!seen.has(job.key)) this.#gone(job)
  }

  async #checkLive(store: OpenStore, head: JobHead): Promise<void> {
    const job = this.#job(head.id)
    job.sawLive(head)
    const body = new Uint8Array(head.bodyBytes)
    assert.is(await store.jobs.read(head.id, body), 'read')
    assertSameBytes(body, job.body)
    this.#held.set(job.key, head)
  }

  #gone(job: ModelJob): void {
    if (this.#mayEvict && job.mayBeDead) job.mayHappen(steps.evict())
    else job.sawNothing()
    if (!job.isOver) return
    this.#over.add(job.key)
    this.#jobs.delete(job.key)
  }

  #job(id: Uint8Array): ModelJob {
    const key = keyOf(id)
    const job = this.#jobs.get(key)
    assert.ok(job, this.#over.has(key) ? `job ${key} was done, and has come back` : `nobody has stored ${key}`)
    return job
  }

  async #act(store: OpenStore): Promise<void> {
    this.#now += this.#random.below(100)
    if (this.#options.letterBytes === undefined && store.figures().letters > MANY_LETTERS)
      return await this.#purge(store)
    const kind = this.#random.below(100)
    if (kind < 80) await this.#commit(store, this.#group())
    else if (kind < 83) await this.#commit(store, { jobs: [], changes: [] })
    else if (kind < 85) await this.#outcome(() => store.jobs.probe())
    else if (kind < 90) await this.#take(store)
    else if (kind < 96) await this.#settleMany(store)
    else if (kind < 98) await this.#replay(store)
    else await this.#purge(store)
  }

  async #take(store: OpenStore): Promise<void> {
    for (const head of await store.jobs.take(this.#target(), 5)) await this.#checkLive(store, head)
  }

  /** Most of what is held, so that segments become empty. */
  async #settleMany(store: OpenStore): Promise<void> {
    const changes: JobChange[] = [...this.#held.values()]
      .filter(() => this.#random.chance(0.7))
      .map(({ id }) => ({ kind: 'done', id }))
    await this.#commit(store, { jobs: [], changes })
  }

  async #replay(store: OpenStore): Promise<void> {
    const { endpoint } = this.#target()
    const jobs = [...this.#jobs.values()].filter(({ target }) => target.endpoint === endpoint)
    for (const job of jobs) job.mayHappen(steps.replay())
    if (!(await this.#isDone(() => store.letters.replay({ endpoint })))) return
    if (!this.#mayEvict && store.figures().lettersEvicted === 0) {
      for (const job of jobs) job.hasHappened(steps.replay())
    }
  }

  async #purge(store: OpenStore): Promise<void> {
    const letters = await store.letters.list({ limit: 5, after: null })
    const jobs = letters.map(({ head }) => this.#job(head.id))
    for (const job of jobs) job.mayHappen(steps.done())
    if (await this.#isDone(() => store.letters.purge({ ids: jobs.map(({ id }) => id) }))) {
      for (const job of jobs) job.hasHappened(steps.done())
    }
  }

  /** Commits the group until it is stored, or refused as full: then the changes alone, as a storage thread does. */
  async #commit(store: OpenStore, group: Group): Promise<void> {
    const asked = this.#stepsOf(group)
    for (const { job, step } of asked) job.mayHappen(step)
    for (let tries = 0; tries < 20; tries++) {
      const outcome = await this.#outcome(() => store.jobs.commit(group))
      if (outcome === 'crash') return
      if (outcome === 'full' && group.jobs.length > 0) return await this.#commit(store, withoutJobs(group))
      if (outcome !== 'done') continue
      for (const { job, step } of asked) job.hasHappened(step)
      this.#committed(group)
      return
    }
  }

  #committed({ jobs, changes }: Group): void {
    for (const { head } of jobs) this.#held.set(keyOf(head.id), head)
    for (const change of changes) if (change.kind !== 'state') this.#held.delete(keyOf(change.id))
  }

  #stepsOf({ jobs, changes }: Group) {
    const asked = jobs.map(({ head }) => ({
      job: this.#job(head.id),
      step: steps.append(head.life, head.attempts),
    }))
    for (const change of changes) {
      const job = this.#job(change.id)
      if (change.kind === 'done') asked.push({ job, step: steps.done() })
      if (change.kind === 'state') asked.push({ job, step: steps.state(change.state.attempts) })
      if (change.kind === 'dead') asked.push({ job, step: steps.dead(change.death.life, change.death.error) })
    }
    return asked
  }

  async #isDone(work: () => Promise<unknown>): Promise<boolean> {
    return (await this.#outcome(work)) === 'done'
  }

  async #outcome(work: () => Promise<unknown>): Promise<'done' | 'full' | 'down' | 'crash'> {
    try {
      await work()
      return 'done'
    } catch (error) {
      if (this.#disk.isDown) return 'crash'
      if (error instanceof StoreFullError) return 'full'
      if (error instanceof StoreDownError) return 'down'
      throw error
    }
  }

  #group(): Group {
    const random = this.#random
    const jobs = Array.from({ length: random.below(5) }, () => this.#newJob())
    if (random.chance(0.1)) jobs.push(...this.#unstored())
    const changes = [...this.#held.values()].filter(() => random.chance(0.25)).map((head) => this.#changeOf(head))
    for (const { head } of jobs) if (random.chance(0.1)) changes.push(this.#changeOf(head))
    return { jobs, changes }
  }

  /** Jobs that a crash has lost before they were stored: their shard gives them again. */
  #unstored(): readonly Job[] {
    const [lost] = [...this.#jobs.values()].filter(({ certain }) => certain === 'absent')
    return lost === undefined ? [] : [this.#jobOf(lost)]
  }

  #newJob(): Job {
    const random = this.#random
    const bytes = random.chance(0.5) ? random.below(200) : random.below(2500)
    const body = new Uint8Array(bytes).fill(random.below(256))
    if (bytes > 4) new DataView(body.buffer).setUint32(0, this.#nextNumber)
    const id = new Uint8Array(24)
    new DataView(id.buffer).setUint32(0, this.#nextNumber++)
    const job = new ModelJob(id, this.#target(), body, this.#nextSeq++)
    this.#jobs.set(job.key, job)
    return this.#jobOf(job)
  }

  #jobOf({ id, target, body, firstSeq }: ModelJob): Job {
    const state = { attempts: 0, status: 0, spentMs: 0, nextAt: 0 }
    const times = { firstEventAt: unixMs(1), sealedAt: unixMs(2) }
    const head = { id, life: 0, seq: firstSeq, target, events: 1, bodyBytes: body.byteLength, ...times, ...state }
    return { head, body }
  }

  #changeOf({ id, life }: JobHead): JobChange {
    const kind = this.#random.below(100)
    const number = this.#nextNumber++
    if (kind < 50) return { kind: 'done', id }
    if (kind < 75) return { kind: 'state', id, state: { attempts: number, status: 500, spentMs: 1.5, nextAt: 2 } }
    if (kind < 85) return { kind: 'release', id }
    const error = `error ${number}`
    return { kind: 'dead', id, death: { life, attempts: 3, status: 500, cause: 'gave up', error, diedAt: this.#now } }
  }

  #target(): JobTarget {
    return TARGETS[this.#random.below(TARGETS.length)] ?? { app: '', endpoint: '' }
  }
}

function withoutJobs({ jobs, changes }: Group): Group {
  const refused = new Set(jobs.map(({ head }) => keyOf(head.id)))
  return { jobs: [], changes: changes.filter(({ id }) => !refused.has(keyOf(id))) }
}
