import type { JobHead } from '../job.js'
import type { Backlog, Letter, LetterQuery, LetterSelection, LetterStore } from '../job-store.js'
import { ChangePlan, nextOf } from './change-plan.js'
import { encodeHead } from './codec.js'
import type { RedisArgument } from './connection.js'
import type { JobTable } from './job-table.js'
import { asStoreError, type Lane, LaneGoneError } from './lane.js'
import type { LaneReader } from './lane-reader.js'
import type { Lanes } from './lanes.js'
import type { StoredJob } from './stored-job.js'

/** Letters that are replayed or purged with one script. */
const AT_ONCE = 500

export interface RedisLettersParts {
  readonly table: JobTable
  readonly lanes: Lanes
  readonly reader: LaneReader
  readonly limits: { readonly maxBytes: number; readonly maxAgeMs: number }
  /** Bodies that are read at once. */
  readonly concurrency: number
  /** Letters became jobs, though their replay had failed. */
  readonly revivedLate: () => void
}

/** The dead letters of this process's lanes. What fails half-way is done as far as it came; the same call does the rest. */
export class RedisLetters implements LetterStore {
  /** Letters that went to make room for others, or by age. */
  evicted = 0
  readonly #parts: RedisLettersParts

  constructor(parts: RedisLettersParts) {
    this.#parts = parts
  }

  async list({ limit, after, ...selection }: LetterQuery): Promise<readonly Letter[]> {
    const letters: Letter[] = []
    let page: StoredJob[] = []
    for (const letter of this.#parts.table.letters(selection, after ?? 0)) {
      if (letters.length + page.length >= limit) break
      page.push(letter)
      if (page.length < this.#parts.concurrency) continue
      letters.push(...(await this.#read(page)))
      page = []
    }
    return [...letters, ...(await this.#read(page))]
  }

  async replay(selection: LetterSelection): Promise<readonly Backlog[]> {
    const added = new Map<string, Backlog>()
    await this.#attempt(async () => {
      for (const [lane, letters] of this.#groups(selection)) await this.#replayGroup(lane, letters, added)
    })
    return [...added.values()]
  }

  async purge(selection: LetterSelection): Promise<number> {
    return this.#purge([...this.#parts.table.letters(selection)])
  }

  /** Purges what is too much or too old. @param nowMs Unix ms */
  async evict(nowMs: number): Promise<void> {
    const { table, limits } = this.#parts
    let { bytes } = table.dead
    const due: StoredJob[] = []
    for (const letter of table.letters()) {
      if (bytes <= limits.maxBytes && nowMs - letter.diedAt <= limits.maxAgeMs) break
      due.push(letter)
      bytes -= letter.head.bodyBytes
    }
    this.evicted += await this.#purge(due)
  }

  async #purge(letters: readonly StoredJob[]): Promise<number> {
    await this.#attempt(async () => {
      for (let at = 0; at < letters.length; at += AT_ONCE) {
        const plan = new ChangePlan(this.#parts.table)
        for (const letter of letters.slice(at, at + AT_ONCE)) plan.remove(letter)
        await plan.run()
      }
    })
    return letters.length
  }

  async #replayGroup(lane: Lane, letters: readonly StoredJob[], added: Map<string, Backlog>): Promise<void> {
    const { table, revivedLate } = this.#parts
    const revived = letters.map((letter, index) => ({ letter, head: nextLife(letter, table.highestSeq + 1 + index) }))
    const args = revived.flatMap<RedisArgument>(({ letter, head }) => ['r', letter.entry, encodeHead(head)])
    let isLate = false
    const changed = lane.change(args, (ids) => {
      const next = ids[Symbol.iterator]()
      for (const { letter, head } of revived) {
        const entry = nextOf(next)
        if (entry === null) table.remove(letter)
        else {
          table.revive(letter, entry, head)
          count(added, head)
        }
      }
      if (isLate) revivedLate()
    })
    await changed.catch((error: unknown) => {
      isLate = true
      throw error
    })
  }

  /** Letters of one lane each, few at a time. */
  #groups(selection: LetterSelection): readonly (readonly [Lane, readonly StoredJob[]])[] {
    const groups: [Lane, StoredJob[]][] = []
    for (const letter of this.#parts.table.letters(selection)) {
      const last = groups.at(-1)
      if (last !== undefined && last[0] === letter.lane && last[1].length < AT_ONCE) last[1].push(letter)
      else groups.push([letter.lane, [letter]])
    }
    return groups
  }

  async #read(page: readonly StoredJob[]): Promise<readonly Letter[]> {
    const found = await this.#attempt(() => Promise.all(page.map((letter) => this.#readOne(letter))))
    return found.flatMap((letter) => letter ?? [])
  }

  /** @returns null when the letter was replayed or purged meanwhile, or when Redis has lost it */
  async #readOne(letter: StoredJob): Promise<Letter | null> {
    const { table, reader } = this.#parts
    for (let entry = ''; table.has(letter) && letter.place === 'dead' && entry !== letter.entry; ) {
      entry = letter.entry
      const stored = await reader.letter(letter.lane, entry)
      if (stored !== null) return { head: letter.head, position: letter.position, ...stored }
      // It may have gone to another lane meanwhile.
    }
    return null
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof LaneGoneError) this.#parts.lanes.forget(error)
      throw asStoreError(error)
    }
  }
}

function nextLife({ head }: StoredJob, seq: number): JobHead {
  return { ...head, life: head.life + 1, seq, attempts: 0, status: 0, spentMs: 0, nextAt: 0 }
}

function count(added: Map<string, Backlog>, { target, bodyBytes }: JobHead): void {
  const key = JSON.stringify([target.app, target.endpoint])
  const before = added.get(key) ?? { target, jobs: 0, bytes: 0 }
  added.set(key, { target, jobs: before.jobs + 1, bytes: before.bytes + bodyBytes })
}
