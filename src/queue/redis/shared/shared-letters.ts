import type { JobHead } from '../../job.js'
import type { Backlog, Death, Letter, LetterQuery, LetterSelection, LetterStore } from '../../job-store.js'
import { bytesOf, idAfter, listOf, textOf } from '../answers.js'
import { decodeDeath, decodeHead, encodeHead } from '../codec.js'
import type { RedisArgument } from '../connection.js'
import type { LaneKeys } from '../keys.js'
import { asStoreError } from '../lane.js'
import type { RedisLink } from '../link.js'
import { LETTERS } from '../scripts.js'
import { keyOf } from '../stored-job.js'
import { LETTER_CHANGE } from './scripts.js'

const PAGE = 128
/** Letters that are replayed or purged with one script, and bodies that are read at once. */
const AT_ONCE = 200
const BODIES_AT_ONCE = 16

interface KnownLetter {
  readonly lane: SeenLane
  readonly entry: string
  readonly head: JobHead
  readonly death: Death
  readonly position: number
}

/** A lane's letters, as far as they were seen. */
interface SeenLane {
  readonly keys: LaneKeys
  from: string
}

/**
 * The dead letters of all lanes that processes share, for any of them, whoever has the lanes. Those that came since the last call are read at
 * each call, and what others have taken away meanwhile is found to be gone when its turn comes.
 */
export class SharedLetters implements LetterStore {
  readonly #link: RedisLink
  readonly #lanes: readonly SeenLane[]
  readonly #onUnreadable: () => void
  #letters: readonly KnownLetter[] = []
  #positions = 0

  constructor(link: RedisLink, lanes: readonly LaneKeys[], onUnreadable: () => void) {
    this.#link = link
    this.#lanes = lanes.map((keys) => ({ keys, from: '-' }))
    this.#onUnreadable = onUnreadable
  }

  async list({ limit, after, ...selection }: LetterQuery): Promise<readonly Letter[]> {
    return this.#attempt(async () => {
      const found = (await this.#select(selection)).filter(({ position }) => position > (after ?? 0))
      const letters: Letter[] = []
      for (let at = 0; at < found.length && letters.length < limit; at += BODIES_AT_ONCE) {
        const most = Math.min(BODIES_AT_ONCE, limit - letters.length)
        const read = await Promise.all(found.slice(at, at + most).map((letter) => this.#read(letter)))
        letters.push(...read.flatMap((letter) => letter ?? []))
        if (most < BODIES_AT_ONCE) at += most - BODIES_AT_ONCE
      }
      return letters
    })
  }

  async replay(selection: LetterSelection): Promise<readonly Backlog[]> {
    return this.#attempt(async () => {
      const replayed = await this.#change(await this.#select(selection), ({ entry, head }) => [
        'r',
        entry,
        encodeHead(nextLife(head)),
      ])
      return replayed.map(({ head: { target, bodyBytes } }) => ({ target, jobs: 1, bytes: bodyBytes }))
    })
  }

  async purge(selection: LetterSelection): Promise<number> {
    return this.#attempt(async () => {
      const purged = await this.#change(await this.#select(selection), ({ entry }) => ['p', entry])
      return purged.length
    })
  }

  /** @returns those that were there */
  async #change(
    letters: readonly KnownLetter[],
    argumentsOf: (letter: KnownLetter) => readonly RedisArgument[],
  ): Promise<readonly KnownLetter[]> {
    const changed: KnownLetter[] = []
    for (const lane of this.#lanes) {
      const its = letters.filter((letter) => letter.lane === lane)
      for (let at = 0; at < its.length; at += AT_ONCE) {
        const group = its.slice(at, at + AT_ONCE)
        const found = listOf(await this.#link.run(LETTER_CHANGE, lane.keys, group.flatMap(argumentsOf)))
        changed.push(...group.filter((_, index) => Number(found[index]) === 1))
        this.#letters = this.#letters.filter((letter) => !group.includes(letter))
      }
    }
    return changed
  }

  /** The oldest first. */
  async #select({ ids, app, endpoint }: LetterSelection): Promise<readonly KnownLetter[]> {
    await this.#refresh()
    const keys = ids === undefined ? null : new Set(ids.map(keyOf))
    return this.#letters.filter(({ head: { id, target } }) => {
      const isNamed = keys === null || keys.has(keyOf(id))
      return isNamed && (app ?? target.app) === target.app && (endpoint ?? target.endpoint) === target.endpoint
    })
  }

  async #refresh(): Promise<void> {
    const found = (await Promise.all(this.#lanes.map((lane) => this.#seen(lane)))).flat()
    found.sort((a, b) => a.death.diedAt - b.death.diedAt)
    const letters = found.map((letter) => ({ ...letter, position: ++this.#positions }))
    this.#letters = [...this.#letters, ...letters]
  }

  async #seen(lane: SeenLane): Promise<readonly Omit<KnownLetter, 'position'>[]> {
    const letters: Omit<KnownLetter, 'position'>[] = []
    for (;;) {
      const page = listOf(await this.#link.run(LETTERS, lane.keys, [lane.from, String(PAGE)]))
      for (let at = 0; at + 2 < page.length; at += 3) {
        const entry = textOf(page[at])
        const head = decodeHead(bytesOf(page[at + 1]))
        const death = decodeDeath(textOf(page[at + 2]))
        lane.from = idAfter(entry)
        if (head === null || death === null) this.#onUnreadable()
        else letters.push({ lane, entry, head, death })
      }
      if (page.length < PAGE * 3) return letters
    }
  }

  /** @returns null when it is gone */
  async #read({ lane: { keys }, entry, head, death, position }: KnownLetter): Promise<Letter | null> {
    const [found] = listOf(await this.#link.send(keys.dead, ['XRANGE', keys.dead, entry, entry]))
    if (found !== undefined) return { head, death, position, body: bytesOf(listOf(listOf(found)[1])[3]) }
    this.#letters = this.#letters.filter((letter) => letter.position !== position)
    return null
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw asStoreError(error)
    }
  }
}

function nextLife(head: JobHead): JobHead {
  return { ...head, life: head.life + 1, attempts: 0, status: 0, spentMs: 0, nextAt: 0 }
}
