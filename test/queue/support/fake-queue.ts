import type { Consumer, HandedOverQueue, QueueChange, ReceivedJob } from '../../../src/queue/handed-over/queue.js'
import type { Job, JobHead, JobTarget, Pause } from '../../../src/queue/job.js'
import type { Death, Letter, LetterSelection, LetterStore } from '../../../src/queue/job-store.js'

interface Stored {
  head: JobHead
  readonly body: Uint8Array
}

interface FakeReceived extends ReceivedJob {
  readonly stored: Stored
}

type Fault = 'store' | 'store-then-fail' | 'change' | 'probe'

/**
 * A queue in memory that several processes share, for tests: each `connect` is one of them. All endpoints belong to the first that consumes,
 * until it ends or `take` gives them to another.
 */
export class FakeQueue {
  jobs: Stored[] = []
  letters: { readonly stored: Stored; readonly death: Death; readonly position: number }[] = []
  readonly pauses = new Map<string, Pause>()
  /** What every call was given. */
  readonly changes: QueueChange<FakeReceived>[] = []
  readonly #connections: Connection[] = []
  #owner: Connection | null = null
  #failures: { readonly of: Fault; readonly error: Error }[] = []
  #positions = 0

  /** Ids of the jobs in it. */
  get ids(): readonly Uint8Array[] {
    return this.jobs.map(({ head }) => head.id)
  }

  connect(): HandedOverQueue<FakeReceived> {
    const connection = new Connection(this)
    this.#connections.push(connection)
    return connection
  }

  failNext(of: Fault, error: Error): void {
    this.#failures.push({ of, error })
  }

  throwIfAsked(of: Fault): void {
    const index = this.#failures.findIndex((failure) => failure.of === of)
    const [failure] = index === -1 ? [] : this.#failures.splice(index, 1)
    if (failure !== undefined) throw failure.error
  }

  isOwner(connection: Connection): boolean {
    return this.#owner === connection
  }

  async begin(connection: Connection): Promise<void> {
    if (this.#owner === null) this.#give(connection)
  }

  /** The next one that consumes gets all. */
  async end(connection: Connection): Promise<void> {
    if (this.#owner !== connection) return
    await connection.consumer?.giveBack(() => true)
    this.#owner = null
    const next = this.#connections.find((each) => each !== connection && each.consumer !== null)
    if (next !== undefined) this.#give(next)
  }

  /** The one that consumes is taken for dead. */
  async takeFrom(): Promise<void> {
    const former = this.#owner
    this.#owner = null
    await former?.consumer?.lost(() => true, 'taken-over')
  }

  /** The same, and it gets all back once it has let go. */
  async takeFromAndGiveBack(): Promise<void> {
    const former = this.#owner
    await this.takeFrom()
    if (former !== null && this.#connections.includes(former)) this.#give(former)
  }

  /** All that have connected are gone without a word. */
  die(): void {
    this.#owner = null
    for (const connection of this.#connections.splice(0)) connection.consumer = null
  }

  /** Everything in the queue is lost, and the one that consumes finds out. */
  async lose(): Promise<void> {
    this.jobs = []
    await this.#owner?.consumer?.lost(() => true, 'lost')
  }

  arrived(jobs: readonly Stored[]): void {
    const received = jobs.map((stored) => ({ stored, head: stored.head }))
    const repeated = this.#owner?.consumer?.received(received) ?? []
    this.jobs = this.jobs.filter((stored) => !repeated.some((each) => each.stored === stored))
  }

  bury(stored: Stored, death: Death): void {
    this.letters.push({ stored, death, position: ++this.#positions })
  }

  get letterStore(): LetterStore {
    const select = ({ ids, app, endpoint }: LetterSelection) =>
      this.letters.filter(({ stored: { head } }) => {
        const isNamed = ids === undefined || ids.some((id) => Buffer.compare(id, head.id) === 0)
        return (
          isNamed &&
          (app ?? head.target.app) === head.target.app &&
          (endpoint ?? head.target.endpoint) === head.target.endpoint
        )
      })
    const take = (selection: LetterSelection) => {
      const taken = select(selection)
      this.letters = this.letters.filter((letter) => !taken.includes(letter))
      return taken
    }
    return {
      list: async ({ limit, after, ...selection }) => {
        const found = select(selection).filter(({ position }) => position > (after ?? 0))
        return found.slice(0, limit).map(({ stored, death, position }): Letter => ({ ...stored, death, position }))
      },
      replay: async (selection) => {
        const revived = take(selection).map(({ stored: { head, body } }) => {
          return { head: { ...head, life: head.life + 1, attempts: 0, status: 0, spentMs: 0, nextAt: 0 }, body }
        })
        this.jobs.push(...revived)
        this.arrived(revived)
        return revived.map(({ head: { target, bodyBytes } }) => ({ target, jobs: 1, bytes: bodyBytes }))
      },
      purge: async (selection) => take(selection).length,
    }
  }

  #give(connection: Connection): void {
    this.#owner = connection
    for (const [text, pause] of this.pauses) connection.consumer?.paused(JSON.parse(text) as JobTarget, pause)
    connection.consumer?.mayAttemptUntil(Number.POSITIVE_INFINITY)
    this.arrived(this.jobs)
  }
}

class Connection implements HandedOverQueue<FakeReceived> {
  consumer: Consumer<FakeReceived> | null = null
  readonly #queue: FakeQueue

  constructor(queue: FakeQueue) {
    this.#queue = queue
  }

  async store(jobs: readonly Job[]): Promise<void> {
    this.#queue.throwIfAsked('store')
    const stored = jobs.map(copyOf)
    this.#queue.jobs.push(...stored)
    this.#queue.arrived(stored)
    this.#queue.throwIfAsked('store-then-fail')
  }

  async change(changes: readonly QueueChange<FakeReceived>[]): Promise<void> {
    this.#queue.throwIfAsked('change')
    for (const change of changes) {
      this.#queue.changes.push(change)
      if (change.kind === 'pause') this.#queue.pauses.set(JSON.stringify(change.target), change.pause)
      else if (change.kind === 'letter') this.#queue.bury(copyOf(change.job), change.death)
      else if (this.#queue.isOwner(this)) this.#change(change)
    }
  }

  async probe(): Promise<void> {
    this.#queue.throwIfAsked('probe')
  }

  hasRoomAgain(): boolean {
    return true
  }

  async read({ stored }: FakeReceived, into: Uint8Array): Promise<'read' | 'gone'> {
    if (!this.#queue.jobs.includes(stored)) return 'gone'
    into.set(stored.body)
    return 'read'
  }

  consume(consumer: Consumer<FakeReceived>): () => Promise<void> {
    this.consumer = consumer
    void this.#queue.begin(this)
    return () => this.#queue.end(this)
  }

  figures() {
    const { jobs, letters } = this.#queue
    const bytes = jobs.reduce((sum, { body }) => sum + body.byteLength, 0)
    const letterBytes = letters.reduce((sum, { stored: { body } }) => sum + body.byteLength, 0)
    const storedBytes = bytes + letterBytes
    return {
      jobs: jobs.length,
      bytes,
      letters: letters.length,
      letterBytes,
      storedBytes,
      lettersEvicted: 0,
      skipped: 0,
    }
  }

  async close(): Promise<void> {
    await this.#queue.end(this)
    this.consumer = null
  }

  #change(change: Exclude<QueueChange<FakeReceived>, { kind: 'pause' | 'letter' }>): void {
    const { stored } = change.job
    if (change.kind === 'state') stored.head = { ...stored.head, ...change.state }
    else this.#queue.jobs = this.#queue.jobs.filter((each) => each !== stored)
    if (change.kind === 'dead') this.#queue.bury(stored, change.death)
  }
}

function copyOf({ head, body }: Job): Stored {
  return { head: { ...head, id: Uint8Array.from(head.id) }, body: Uint8Array.from(body) }
}
