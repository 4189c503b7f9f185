import { randomUUID } from 'node:crypto'
import type { JobHead } from '../job.js'
import type { JobTable } from './job-table.js'
import { Lane, LaneGoneError } from './lane.js'
import { type LaneReader, letterOf, type RawLetter } from './lane-reader.js'
import type { RedisLink } from './link.js'
import type { RedisStoreOptions } from './options.js'
import { Registry } from './registry.js'

/** Renewals in one lease. */
const RENEWALS = 4

export interface LanesHost {
  /** Jobs of a lane were adopted: they are parked in the table. */
  adopted(): void
  /** The lane is this process's no longer, and was taken out of the table. @param parked jobs that nobody here holds */
  gone(error: LaneGoneError, parked: number): void
}

export interface LanesParts {
  readonly link: RedisLink
  readonly table: JobTable
  readonly reader: LaneReader
  readonly options: Pick<RedisStoreOptions, 'prefix' | 'owner' | 'leaseMs'>
  readonly host: LanesHost
  /** Monotonic, in ms. */
  readonly now: () => number
}

/** The lanes of this process: the one that its jobs go to, and those of processes that have ended. */
export class Lanes {
  readonly #parts: LanesParts
  readonly #registry: Registry
  readonly #lanes = new Set<Lane>()
  /** Lanes that still have letters of their former owners. */
  readonly #withLetters = new Set<Lane>()
  /** Lanes whose jobs are not all in the table yet. */
  readonly #unread = new Set<Lane>()
  #own: Lane | null = null
  #making: Promise<Lane> | null = null
  /** The server's clock less the monotonic one, in ms. */
  #clockOffsetMs = 0
  #renewedAtMs = Number.NEGATIVE_INFINITY
  /** Jobs of other lanes get this `seq`: before all of this process's own. */
  #adoptedSeq = 0

  constructor(parts: LanesParts) {
    this.#parts = parts
    this.#registry = new Registry(parts.link, parts.options.prefix)
  }

  get all(): readonly Lane[] {
    return [...this.#lanes]
  }

  /**
   * Takes all lanes that nobody has. The fullest one goes on as this process's own.
   * @returns dead letters that are there. @throws StoreDownError
   */
  async open(): Promise<number> {
    const taken = []
    this.#renewedAtMs = this.#parts.now()
    await this.#readClock()
    for (const id of await this.#registry.all()) {
      const lane = await this.#take(id)
      if (lane !== null) taken.push(lane)
    }
    const [own, ...others] = taken.sort((a, b) => b.jobs + b.letters - (a.jobs + a.letters))
    this.#own = own?.lane ?? null
    if (own !== undefined) await this.#loadOwn(own.lane)
    this.#adoptedSeq = this.#parts.table.highestSeq
    for (const { lane } of others) await this.#adopt(lane)
    return taken.reduce((sum, { letters }) => sum + letters, 0)
  }

  /** What the lane has that new jobs go to. */
  get ownBytes(): number {
    return this.#own?.bytes ?? 0
  }

  /** The lane that new jobs go to. @throws StoreDownError */
  async own(): Promise<Lane> {
    if (this.#own !== null) return this.#own
    this.#making ??= this.#make().finally(() => {
      this.#making = null
    })
    return this.#making
  }

  /** Keeps the lanes, adopts others' and drops those that are empty. Called every now and then. @throws StoreDownError */
  async tend(): Promise<void> {
    const { now, options } = this.#parts
    const sentAtMs = now()
    if (sentAtMs - this.#renewedAtMs >= options.leaseMs / RENEWALS) await this.#renew(sentAtMs)
    for (const lane of this.#unread) await this.#readOn(lane)
    await this.#adoptExpired()
    await this.#moveLetters()
    for (const lane of this.#lanes) if (this.#isDrained(lane)) await this.#release(lane)
  }

  /** Takes a lane out that is gone. */
  forget(error: LaneGoneError): void {
    const { lane } = error
    if (!this.#drop(lane)) return
    const { table, host } = this.#parts
    let parked = 0
    for (const job of table.jobsOf(lane)) {
      if (job.place === 'parked') parked += 1
      table.remove(job)
    }
    host.gone(error, parked)
  }

  /** Gives all lanes up, so that others may have them at once. @throws StoreDownError */
  async close(): Promise<void> {
    for (const lane of this.#lanes) await this.#release(lane)
  }

  async #make(): Promise<Lane> {
    const { now, options } = this.#parts
    const id = randomUUID()
    // First, so that a lane is never without a name there.
    await this.#registry.set([id], this.#serverMs(now()) + options.leaseMs)
    const taken = await this.#take(id)
    if (taken === null) throw new Error(`the new lane ${id} belongs to another process`)
    this.#own = taken.lane
    await this.#registry.set([id], this.#serverMs(now()) + options.leaseMs)
    return taken.lane
  }

  async #take(id: string) {
    const { link, options } = this.#parts
    const taken = await Lane.take(link, options.prefix, id, options.owner, options.leaseMs)
    if (taken !== null) this.#lanes.add(taken.lane)
    return taken
  }

  async #renew(sentAtMs: number): Promise<void> {
    const { leaseMs } = this.#parts.options
    await Promise.all(
      this.all.map(async (lane) => {
        try {
          await lane.renew(leaseMs)
        } catch (error) {
          if (!(error instanceof LaneGoneError)) throw error
          this.forget(error)
        }
      }),
    )
    await this.#readClock()
    const ids = this.all.map(({ id }) => id)
    await this.#registry.set(ids, this.#serverMs(sentAtMs) + leaseMs)
    this.#renewedAtMs = sentAtMs
  }

  async #adoptExpired(): Promise<void> {
    const { now, options } = this.#parts
    const mine = new Set(this.all.map(({ id }) => id))
    for (const id of await this.#registry.expired(this.#serverMs(now()))) {
      if (mine.has(id)) continue
      const taken = await this.#take(id)
      if (taken === null) continue
      await this.#registry.set([id], this.#serverMs(now()) + options.leaseMs)
      await this.#adopt(taken.lane)
    }
  }

  async #adopt(lane: Lane): Promise<void> {
    this.#unread.add(lane)
    this.#withLetters.add(lane)
    await this.#readOn(lane)
  }

  /** Reading may fail half-way. What is known then is not added again by the next try. */
  async #readOn(lane: Lane): Promise<void> {
    const before = lane.jobs
    try {
      await this.#loadJobs(lane, (head) => ({ ...head, seq: this.#adoptedSeq }))
      this.#unread.delete(lane)
    } finally {
      if (lane.jobs > before) this.#parts.host.adopted()
    }
  }

  async #loadOwn(lane: Lane): Promise<void> {
    const { reader, table } = this.#parts
    await this.#loadJobs(lane, (head) => head)
    for await (const page of reader.letters(lane)) {
      for (const letter of page) {
        if (table.find(letter.head.id) === undefined) table.addLetter(lane, letter)
      }
    }
  }

  async #loadJobs(lane: Lane, headOf: (head: JobHead) => JobHead): Promise<void> {
    const { reader, table } = this.#parts
    for await (const page of reader.jobs(lane)) {
      for (const { entry, head } of page) {
        const known = table.find(head.id)
        if (known === undefined) table.add(lane, { entry, head: headOf(head) }, 'parked')
        else if (known.lane !== lane) await lane.change(['s', entry], () => undefined)
      }
    }
  }

  /** The letters of other lanes go to this process's own, so that the others come to an end. */
  async #moveLetters(): Promise<void> {
    for (const lane of this.#lanes) {
      if (lane === this.#own || !(this.#withLetters.has(lane) || (lane.jobs === 0 && lane.letters > 0))) continue
      const letters = await this.#parts.reader.rawLetters(lane)
      if (letters.length === 0) this.#withLetters.delete(lane)
      else await this.#moveTo(await this.own(), lane, letters)
    }
  }

  async #moveTo(own: Lane, from: Lane, letters: readonly RawLetter[]): Promise<void> {
    const { table } = this.#parts
    const moved = letters
      .map((raw) => ({ raw, letter: letterOf(raw) }))
      .filter(({ letter }) => {
        // One that cannot be read is moved all the same.
        const known = letter === null ? undefined : table.find(letter.head.id)
        // One that is in another lane was moved before, and the answer was lost.
        return known === undefined || known.lane === from
      })
    if (moved.length > 0) {
      const args = moved.flatMap(({ raw: { head, body, death } }) => ['m', head, body, death])
      await own.change(args, (ids) => {
        for (const [index, { letter }] of moved.entries()) {
          if (letter !== null) table.moveLetter(own, letter, ids[index] ?? '')
        }
      })
    }
    const purged = letters.flatMap(({ entry }) => ['p', entry])
    await from.change(purged, () => undefined)
  }

  async #release(lane: Lane): Promise<void> {
    const isGone = await lane.release()
    this.#drop(lane)
    if (isGone) await this.#registry.remove(lane.id)
    else await this.#registry.set([lane.id], 0)
  }

  #isDrained(lane: Lane): boolean {
    return lane !== this.#own && lane.isEmpty && !this.#withLetters.has(lane) && !this.#unread.has(lane)
  }

  #drop(lane: Lane): boolean {
    if (this.#own === lane) this.#own = null
    this.#unread.delete(lane)
    this.#withLetters.delete(lane)
    return this.#lanes.delete(lane)
  }

  async #readClock(): Promise<void> {
    const askedAtMs = this.#parts.now()
    this.#clockOffsetMs = (await this.#registry.time()) - askedAtMs
  }

  #serverMs(nowMs: number): number {
    return nowMs + this.#clockOffsetMs
  }
}
