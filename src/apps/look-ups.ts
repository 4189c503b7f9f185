import type { AppRecords } from './app-records.js'
import type { AppSource } from './app-source.js'
import { MissingIds } from './missing-ids.js'

/** Look-ups of unknown apps that may wait. */
const MOST_WAITING = 1000
/** Ids that are asked for at once. */
const MOST_AT_ONCE = 100
/** After a failure no look-up is started by an event for so long, in ms. */
const PAUSE_MS = 1000
/** No app has a longer id. */
const LONGEST_ID = 200

/** Lines for the log. */
export interface Health {
  answered(): void
  /** Called for look-ups that nobody waits for. */
  failed(error: unknown): void
}

/** Whether an app may have this id. Databases refuse NUL and halves of characters, and a question with them would fail for all ids in it. */
export function isPossibleId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= LONGEST_ID && !id.includes('\0') && id.isWellFormed()
}

interface LookUp {
  readonly answer: Promise<boolean>
  /** @param outcome whether anything has changed, or what has gone wrong */
  readonly settle: (outcome: boolean | Error) => void
}

/** Reads single apps, many with one question, one question at a time. */
export class LookUps {
  /** By id, in their order. */
  readonly #waiting = new Map<string, LookUp>()
  #asked: ReadonlyMap<string, LookUp> = new Map()
  #isAsking = false
  #pausedUntilMs = Number.NEGATIVE_INFINITY
  readonly #missing: MissingIds
  readonly #source: AppSource
  readonly #records: AppRecords
  readonly #clock: () => number
  readonly #health: Health

  /** @param clock monotonic, in ms */
  constructor(source: AppSource, records: AppRecords, clock: () => number, health: Health) {
    this.#source = source
    this.#records = records
    this.#clock = clock
    this.#health = health
    this.#missing = new MissingIds(clock)
  }

  /** Starts a look-up for an event's app, where there is none. @returns whether the app may still turn up */
  lookUp(id: string): boolean {
    if (!isPossibleId(id) || this.#missing.has(id)) return false
    if (this.#asked.has(id) || this.#waiting.has(id)) return true
    if (this.#waiting.size >= MOST_WAITING || this.#clock() < this.#pausedUntilMs) return true
    this.read(id).catch((error: unknown) => this.#health.failed(error))
    return true
  }

  /** Reads an app as it is now. @returns whether anything has changed @throws AppManagerError */
  read(id: string): Promise<boolean> {
    // A question that is on its way already may have been answered before the app changed.
    const waiting = this.#waiting.get(id) ?? this.#wait(id)
    if (!this.#isAsking) void this.#askAll()
    return waiting.answer
  }

  #wait(id: string): LookUp {
    let settle: LookUp['settle'] = () => undefined
    const answer = new Promise<boolean>((resolve, reject) => {
      settle = (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome))
    })
    const lookUp = { answer, settle }
    this.#waiting.set(id, lookUp)
    return lookUp
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true
    // Those of the same turn go together.
    await Promise.resolve()
    while (this.#waiting.size > 0) {
      const asked = new Map([...this.#waiting].slice(0, MOST_AT_ONCE))
      for (const id of asked.keys()) this.#waiting.delete(id)
      this.#asked = asked
      await this.#ask(asked)
      this.#asked = new Map()
    }
    this.#isAsking = false
  }

  async #ask(asked: ReadonlyMap<string, LookUp>): Promise<void> {
    try {
      const rows = new Map((await this.#source.find([...asked.keys()])).map((row) => [row.id, row]))
      this.#health.answered()
      for (const [id, { settle }] of asked) {
        const row = rows.get(id)
        if (row === undefined) this.#missing.add(id)
        else this.#missing.delete(id)
        settle(row === undefined ? this.#records.drop(id) : this.#records.apply(row, null))
      }
    } catch (error) {
      this.#pausedUntilMs = this.#clock() + PAUSE_MS
      const reason = error instanceof Error ? error : new Error(String(error))
      for (const { settle } of asked.values()) settle(reason)
    }
  }
}
