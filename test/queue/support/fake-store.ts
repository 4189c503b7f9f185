import { comparePartIds, type PartId } from '../../../src/arena/part-id.js'
import type { Job, JobHead, JobState, JobTarget } from '../../../src/queue/job.js'
import type {
  Backlog,
  Death,
  Group,
  JobChange,
  Letter,
  LetterQuery,
  LetterSelection,
  OpenStore,
} from '../../../src/queue/job-store.js'

interface Record {
  head: JobHead
  readonly body: Uint8Array
  isHeld: boolean
  death: Death | null
  position: number
}

/** What a `FakeStore` does with its next calls. */
export type Fault = 'commit' | 'commit-then-fail' | 'probe' | 'read' | 'take'

/** A store in memory, for tests: jobs outlive each `open`, and calls fail on command. */
export class FakeStore {
  readonly #records = new Map<string, Record>()
  readonly #faults: { readonly of: Fault; readonly error: Error }[] = []
  #isFull: Error | null = null
  /** Calls to take and to read whose answers have not come yet; null: they come at once. */
  #late: (() => void)[] | null = null
  #deaths = 0
  /** What each commit was given, the failed ones too. */
  readonly groups: Group[] = []
  /** Called in each commit before anything is stored. */
  meanwhile: () => Promise<void> = async () => undefined

  /** From now on takes and reads are answered by `answer` alone. */
  answerLate(): void {
    this.#late ??= []
  }

  /** Answers the takes and reads that wait for it, the newest first. */
  answer(): void {
    for (const answer of this.#late?.splice(0).reverse() ?? []) answer()
  }

  /** The next call of that kind fails. After `commit-then-fail` the group is stored all the same. */
  failNext(of: Fault, error: Error): void {
    this.#faults.push({ of, error })
  }

  /** Refuses groups with jobs with this error, until null is given. */
  refuseJobs(error: Error | null): void {
    this.#isFull = error
  }

  /** Ids of the jobs that are neither done nor dead. */
  get ids(): readonly Uint8Array[] {
    return this.#live().map(({ head }) => head.id)
  }

  /** Everything that is stored is gone. */
  lose(): void {
    this.#records.clear()
  }

  /** As a process does that finds the store of one before it: nothing is held. */
  open(): OpenStore {
    for (const record of this.#records.values()) record.isHeld = false
    // Whoever asked is gone.
    this.#late?.splice(0)
    const { jobs, letters } = this.#figures()
    const live = this.#live()
    return {
      jobs: {
        commit: async (group) => {
          await this.meanwhile()
          this.#commit(group)
        },
        probe: async () => this.#throwIfAsked('probe'),
        hasRoomAgain: () => this.#isFull === null,
        claim: (id) => this.#claim(id),
        backlogs: () => this.#backlogs(),
        take: (target, limit) => this.#answered(() => this.#take(target, limit)),
        read: (id, into) => this.#answered(() => this.#read(id, into)),
        close: async () => undefined,
      },
      letters: {
        list: async (query) => this.#list(query),
        replay: async (selection) => this.#replay(selection),
        purge: async (selection) => this.#purge(selection),
      },
      recovery: {
        jobs,
        deadLetters: letters,
        events: live.reduce((sum, { head }) => sum + head.events, 0),
        damaged: 0,
      },
      firstSeq: this.#highestSeq() + 1,
      figures: () => this.#figures(),
    }
  }

  async #answered<Answer>(answer: () => Answer): Promise<Answer> {
    const late = this.#late
    if (late !== null) await new Promise<void>((resolve) => late.push(resolve))
    return answer()
  }

  #commit(group: Group): void {
    this.groups.push(group)
    this.#throwIfAsked('commit')
    if (this.#isFull !== null && group.jobs.length > 0) throw this.#isFull
    for (const job of group.jobs) this.#append(job)
    for (const change of group.changes) this.#change(change)
    this.#throwIfAsked('commit-then-fail')
  }

  #append({ head, body }: Job): void {
    const known = this.#records.get(keyOf(head.id))
    if (known === undefined || head.life > known.head.life) {
      const own = { ...head, id: Uint8Array.from(head.id) }
      this.#records.set(keyOf(head.id), {
        head: own,
        body: Uint8Array.from(body),
        isHeld: true,
        death: null,
        position: 0,
      })
    } else if (known.death === null) known.isHeld = true
  }

  #change(change: JobChange): void {
    const record = this.#records.get(keyOf(change.id))
    if (record === undefined) return
    if (change.kind === 'done') this.#records.delete(keyOf(change.id))
    else if (record.death !== null) return
    else if (change.kind === 'release') record.isHeld = false
    else if (change.kind === 'state') record.head = { ...record.head, ...change.state }
    else if (change.death.life >= record.head.life) {
      record.death = change.death
      record.position = ++this.#deaths
    }
  }

  #claim(id: Uint8Array): boolean {
    const record = this.#records.get(keyOf(id))
    if (record === undefined || record.death !== null) return false
    record.isHeld = true
    return true
  }

  #backlogs(): readonly Backlog[] {
    return backlogsOf(this.#live().filter(({ isHeld }) => !isHeld))
  }

  #take(target: JobTarget, limit: number): readonly JobHead[] {
    this.#throwIfAsked('take')
    const parked = this.#live().filter((record) => !record.isHeld && isFor(record, target))
    const taken = parked
      .sort((a, b) => a.head.seq - b.head.seq || comparePartIds(partOf(a.head.id), partOf(b.head.id)))
      .slice(0, limit)
    for (const record of taken) record.isHeld = true
    return taken.map(({ head }) => head)
  }

  #read(id: Uint8Array, into: Uint8Array): 'read' | 'gone' {
    this.#throwIfAsked('read')
    const record = this.#records.get(keyOf(id))
    if (record === undefined || record.death !== null) return 'gone'
    into.set(record.body)
    return 'read'
  }

  #list({ limit, after, ...selection }: LetterQuery): readonly Letter[] {
    return this.#selected(selection)
      .filter(({ position }) => position > (after ?? 0))
      .slice(0, limit)
      .map(({ head, body, death, position }) => {
        const { attempts, status } = death
        return { head: { ...head, attempts, status }, body, death, position }
      })
  }

  #replay(selection: LetterSelection): readonly Backlog[] {
    const fresh: JobState = { attempts: 0, status: 0, spentMs: 0, nextAt: 0 }
    const replayed: Record[] = this.#selected(selection)
    for (const record of replayed) {
      record.head = { ...record.head, ...fresh, life: record.head.life + 1, seq: this.#highestSeq() + 1 }
      record.death = null
      record.isHeld = false
    }
    return backlogsOf(replayed)
  }

  #purge(selection: LetterSelection): number {
    const purged = this.#selected(selection)
    for (const { head } of purged) this.#records.delete(keyOf(head.id))
    return purged.length
  }

  #selected({ ids, app, endpoint }: LetterSelection): (Record & { death: Death })[] {
    const keys = ids?.map(keyOf)
    return [...this.#records.values()]
      .filter((record) => isLetter(record))
      .filter(({ head }) => keys === undefined || keys.includes(keyOf(head.id)))
      .filter(({ head }) => app === undefined || head.target.app === app)
      .filter(({ head }) => endpoint === undefined || head.target.endpoint === endpoint)
      .sort((a, b) => a.position - b.position)
  }

  #live(): Record[] {
    return [...this.#records.values()].filter(({ death }) => death === null)
  }

  #figures() {
    const records = [...this.#records.values()]
    const live = this.#live()
    const dead = records.filter(isLetter)
    const bytes = bytesOf(live)
    const letterBytes = bytesOf(dead)
    return {
      jobs: live.length,
      bytes,
      letters: dead.length,
      letterBytes,
      storedBytes: bytes + letterBytes,
      lettersEvicted: 0,
      skipped: 0,
    }
  }

  #highestSeq(): number {
    return Math.max(0, ...[...this.#records.values()].map(({ head }) => head.seq))
  }

  #throwIfAsked(of: Fault): void {
    const index = this.#faults.findIndex((fault) => fault.of === of)
    const [fault] = index === -1 ? [] : this.#faults.splice(index, 1)
    if (fault !== undefined) throw fault.error
  }
}

function isLetter(record: Record): record is Record & { death: Death } {
  return record.death !== null
}

function isFor({ head }: Record, { app, endpoint }: JobTarget): boolean {
  return head.target.app === app && head.target.endpoint === endpoint
}

function bytesOf(records: readonly Record[]): number {
  return records.reduce((sum, { head }) => sum + head.bodyBytes, 0)
}

function backlogsOf(records: readonly Record[]): readonly Backlog[] {
  const groups = new Map<string, Record[]>()
  for (const record of records) {
    const key = JSON.stringify(record.head.target)
    groups.set(key, [...(groups.get(key) ?? []), record])
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    return first === undefined ? [] : [{ target: first.head.target, jobs: group.length, bytes: bytesOf(group) }]
  })
}

function partOf(id: Uint8Array): PartId {
  const view = new DataView(id.buffer, id.byteOffset, id.byteLength)
  return { halves: view.getInt32(16, true), single: view.getInt32(20, true) }
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id).toString('hex')
}
