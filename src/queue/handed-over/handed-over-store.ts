import { numberOf, unixNow } from '../../time/clocks.js'
import type { Job, JobHead, JobTarget, Pause } from '../job.js'
import type {
  Backlog,
  DropHow,
  Group,
  HandedOver,
  JobChange,
  JobHolder,
  JobStore,
  LetterStore,
  OpenStore,
  StoreLoss,
} from '../job-store.js'
import type { Consumer, HandedOverQueue, QueueChange, ReceivedJob } from './queue.js'
import { ReceivedJobs } from './received-jobs.js'

/**
 * The first number of this run: what is received has lower ones, in the order in which it came. A multiple of 2³², so that the lowest 32 bits that
 * a slab keeps are those of that order.
 */
const FIRST_SEQ = 2 ** 40

/** Makes a store of a queue. @param isConsumer whether this process delivers what is in the queue */
export function openHandedOver<Received extends ReceivedJob>(
  queue: HandedOverQueue<Received>,
  letters: LetterStore,
  isConsumer: boolean,
): OpenStore {
  const store = new HandedOverStore(queue, letters, isConsumer)
  return {
    jobs: store,
    letters,
    recovery: { jobs: 0, events: 0, deadLetters: 0, damaged: 0 },
    firstSeq: FIRST_SEQ,
    figures: () => queue.figures(),
    handedOver: store,
  }
}

/**
 * A `JobStore` whose new jobs are the queue's: they are not held, and come back only to a process that consumes.
 *
 *     (queue)  → waiting  `received`
 *     waiting  → held     `take`
 *     held     → waiting  a `release`
 *     held     → (gone)   it is done or dead
 *     any      → (queue)  `giveBack` or `lost`: the shards drop it
 */
class HandedOverStore<Received extends ReceivedJob> implements JobStore, HandedOver, Consumer<Received> {
  readonly #queue: HandedOverQueue<Received>
  readonly #letters: Pick<LetterStore, 'purge'>
  readonly #isConsumer: boolean
  readonly #received = new ReceivedJobs<Received>()
  /** Endpoints that are being given back. */
  readonly #leaving = new Set<(target: JobTarget) => boolean>()
  readonly #pauses = new Map<string, Pause>()
  /** Pauses that the queue does not know yet. */
  readonly #unsaid: QueueChange<Received>[] = []
  #holder: JobHolder | null = null
  /** Resolves to what ends it; null: it does not consume. */
  #consuming: Promise<() => Promise<void>> | null = null

  constructor(queue: HandedOverQueue<Received>, letters: Pick<LetterStore, 'purge'>, isConsumer: boolean) {
    this.#queue = queue
    this.#letters = letters
    this.#isConsumer = isConsumer
  }

  // As a store

  async commit({ jobs, changes }: Group): Promise<void> {
    const dead = new Set(changes.flatMap(({ kind, id }) => (kind === 'dead' ? [textOf(id)] : [])))
    const isLetter = ({ head }: Job): boolean => dead.has(textOf(head.id))
    const fresh = jobs.filter((job) => !isLetter(job))
    if (fresh.length > 0) await this.#queue.store(fresh)
    const letters = new Map(jobs.filter(isLetter).map((job) => [textOf(job.head.id), job]))
    const said = changes.flatMap((change) => this.#changeOf(change, letters.get(textOf(change.id))))
    await this.#say(said)
    await this.#purgeReplaced(changes)
    for (const change of changes) this.#changed(change)
  }

  probe(): Promise<void> {
    return this.#queue.probe()
  }

  hasRoomAgain(): boolean {
    return this.#queue.hasRoomAgain()
  }

  claim(id: Uint8Array): boolean {
    // Not held: whoever is to deliver it takes it. A slab that has it may be the one that it left.
    return this.#received.find(id) !== undefined
  }

  backlogs(): Iterable<Backlog> {
    return this.#received.backlogs()
  }

  async take(target: JobTarget, limit: number): Promise<readonly JobHead[]> {
    if (this.#isLeaving(target)) return []
    return this.#received.take(target, limit).map(({ job, order }) => ({ ...job.head, seq: order }))
  }

  async read(id: Uint8Array, into: Uint8Array): Promise<'read' | 'damaged' | 'gone'> {
    const job = this.#received.find(id)
    if (job === undefined) return 'gone'
    const outcome = await this.#queue.read(job, into)
    if (outcome === 'damaged') await this.#buryDamaged(job)
    if (outcome === 'gone') this.#received.end(id, job.head.life)
    return outcome
  }

  async close(): Promise<void> {
    await this.stop()
    await this.#queue.close()
  }

  // As what is handed over to

  serve(holder: JobHolder): void {
    this.#holder = holder
    if (!this.#isConsumer) return
    // A former storage thread of this process may have received what is in the arenas.
    const isFree = holder.drop(null, 'forget')
    this.#consuming = isFree.then(() => this.#queue.consume(this))
  }

  async stop(): Promise<void> {
    const end = await this.#consuming
    await end?.()
  }

  pauseOf(target: JobTarget): Pause | null {
    const pause = this.#pauses.get(targetText(target))
    const nowMs = numberOf(unixNow())
    if (pause !== undefined && (pause.untilMs > nowMs || pause.refilledMs > nowMs)) return pause
    this.#pauses.delete(targetText(target))
    return null
  }

  pause(target: JobTarget, pause: Pause): void {
    this.paused(target, pause)
    this.#unsaid.push({ kind: 'pause', target, pause })
  }

  // As a consumer

  get waiting(): { readonly jobs: number; readonly bytes: number } {
    return this.#received.waiting
  }

  received(jobs: readonly Received[]): readonly Received[] {
    const targets = new Map<string, JobTarget>()
    const repeated = jobs.filter((job) => {
      if (!this.#received.add(job)) return true
      targets.set(targetText(job.head.target), job.head.target)
      return false
    })
    if (targets.size > 0) this.#holder?.parked([...targets.values()])
    return repeated
  }

  async giveBack(isMeant: (target: JobTarget) => boolean): Promise<void> {
    await this.#leave(isMeant, 'forget')
    // Without them whoever is next finds out again.
    await this.#say([]).catch(() => undefined)
    this.#received.forget(isMeant)
  }

  async lost(isMeant: (target: JobTarget) => boolean, reason: StoreLoss['reason']): Promise<void> {
    const parked = this.#received.forget(isMeant)
    this.#holder?.lost({ reason, parked })
    await this.#leave(isMeant, reason === 'lost' ? 'store-again' : 'forget')
  }

  paused(target: JobTarget, pause: Pause): void {
    this.#pauses.set(targetText(target), pause)
  }

  mayAttemptUntil(ms: number): void {
    this.#holder?.mayAttemptUntil(ms)
  }

  async #leave(isMeant: (target: JobTarget) => boolean, how: DropHow): Promise<void> {
    this.#leaving.add(isMeant)
    try {
      await this.#holder?.drop(isMeant, how)
    } finally {
      this.#leaving.delete(isMeant)
    }
  }

  async #say(changes: readonly QueueChange<Received>[]): Promise<void> {
    const unsaid = this.#unsaid.splice(0)
    if (changes.length + unsaid.length === 0) return
    try {
      await this.#queue.change([...changes, ...unsaid])
    } catch (error) {
      this.#unsaid.unshift(...unsaid)
      throw error
    }
  }

  #isLeaving(target: JobTarget): boolean {
    return [...this.#leaving].some((isMeant) => isMeant(target))
  }

  #changeOf(change: JobChange, letter: Job | undefined): readonly QueueChange<Received>[] {
    const job = this.#received.find(change.id)
    if (job === undefined) {
      return change.kind === 'dead' && letter !== undefined
        ? [{ kind: 'letter', job: letter, death: change.death }]
        : []
    }
    switch (change.kind) {
      case 'done':
        return [{ kind: 'done', job }]
      case 'dead':
        return change.death.life < job.head.life ? [] : [{ kind: 'dead', job, death: change.death }]
      case 'state':
        return [{ kind: 'state', job, state: change.state }]
      case 'release':
        return []
    }
  }

  /** The queue has the change. */
  #changed(change: JobChange): void {
    const job = this.#received.find(change.id)
    if (change.kind === 'release') this.#received.putBack(change.id)
    else if (change.kind === 'done') this.#received.end(change.id, job?.head.life ?? Number.POSITIVE_INFINITY)
    else if (change.kind === 'dead') this.#received.end(change.id, change.death.life)
    else if (job !== undefined) job.head = { ...job.head, ...change.state }
  }

  /** What is done and was not received is a dead letter whose events were sent again one by one. */
  async #purgeReplaced(changes: readonly JobChange[]): Promise<void> {
    const ids = changes.flatMap(({ kind, id }) => {
      return kind === 'done' && this.#received.find(id) === undefined ? [Uint8Array.from(id)] : []
    })
    if (ids.length > 0) await this.#letters.purge({ ids })
  }

  async #buryDamaged(job: Received): Promise<void> {
    const { id, life, attempts, status } = job.head
    const error = 'its body in the store is damaged'
    const death = { life, attempts, status, cause: 'damaged', error, diedAt: numberOf(unixNow()) }
    await this.#queue.change([{ kind: 'dead', job, death }])
    this.#received.end(id, life)
  }
}

function targetText({ app, endpoint }: JobTarget): string {
  return JSON.stringify([app, endpoint])
}

function textOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1')
}
