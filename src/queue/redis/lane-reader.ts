import { Semaphore } from '../../collections/semaphore.js'
import type { Death } from '../job-store.js'
import { bytesOf, idAfter, listOf, textOf } from './answers.js'
import { decodeDeath, decodeHead, decodeState } from './codec.js'
import type { Lane } from './lane.js'
import type { RedisLink } from './link.js'
import { JOBS, LETTERS, type Script } from './scripts.js'
import type { FoundJob, FoundLetter } from './stored-job.js'

/** Entries of a page. Redis reads their bodies too, though it does not send them. */
const PAGE = 128
/** Letters that are moved at once, with their bodies. */
const LETTERS_AT_ONCE = 16

/** A letter as it is stored. */
export interface RawLetter {
  readonly entry: string
  readonly head: Buffer
  readonly body: Buffer
  readonly death: Buffer
}

/** Reads what is in lanes. @throws StoreDownError */
export class LaneReader {
  /** Entries that could not be read, and were left alone. */
  skipped = 0
  readonly #link: RedisLink
  readonly #bodies: Semaphore

  /** @param concurrency bodies that are read at once */
  constructor(link: RedisLink, concurrency: number) {
    this.#link = link
    this.#bodies = new Semaphore(concurrency)
  }

  /** The jobs in the order in which they came. */
  async *jobs(lane: Lane): AsyncIterableIterator<readonly FoundJob[]> {
    for await (const page of this.#pages(JOBS, lane)) {
      yield page.flatMap(([entry, head, state]) => {
        const stored = decodeHead(bytesOf(head))
        if (stored === null) return this.#skip()
        const later = decodeState(textOf(state))
        return [{ entry: textOf(entry), head: later === null ? stored : { ...stored, ...later } }]
      })
    }
  }

  /** The letters in the order of their deaths. */
  async *letters(lane: Lane): AsyncIterableIterator<readonly FoundLetter[]> {
    for await (const page of this.#pages(LETTERS, lane)) {
      yield page.flatMap(([entry, head, death]) => {
        const letter = letterOf({ entry: textOf(entry), head: bytesOf(head), death: bytesOf(death) })
        return letter === null ? this.#skip() : [letter]
      })
    }
  }

  /** The oldest letters. */
  async rawLetters(lane: Lane): Promise<readonly RawLetter[]> {
    const args = ['XRANGE', lane.keys.dead, '-', '+', 'COUNT', String(LETTERS_AT_ONCE)]
    return listOf(await this.#link.send(lane.keys.dead, args)).map(rawLetter)
  }

  /** @returns null when the body is gone */
  async body(lane: Lane, entry: string): Promise<Buffer | null> {
    const fields = await this.#fields(lane.keys.log, entry)
    return fields === null ? null : bytesOf(fields[3])
  }

  /** @returns null when the letter is gone, or cannot be read */
  async letter(lane: Lane, entry: string): Promise<{ readonly body: Buffer; readonly death: Death } | null> {
    const fields = await this.#fields(lane.keys.dead, entry)
    const death = fields === null ? null : decodeDeath(textOf(fields[5]))
    return fields === null || death === null ? null : { body: bytesOf(fields[3]), death }
  }

  async #fields(stream: string, entry: string): Promise<readonly unknown[] | null> {
    const read = (): Promise<unknown> => this.#link.send(stream, ['XRANGE', stream, entry, entry])
    const [found] = listOf(await this.#bodies.run(read))
    return found === undefined ? null : listOf(listOf(found)[1])
  }

  /** Triples of what the script answers. */
  async *#pages(script: Script, { keys }: Lane): AsyncIterableIterator<readonly (readonly unknown[])[]> {
    for (let from = '-'; ; ) {
      const answer = listOf(await this.#link.run(script, keys, [from, String(PAGE)]))
      const page = Array.from({ length: answer.length / 3 }, (_, index) => answer.slice(index * 3, index * 3 + 3))
      const last = page.at(-1)
      if (last === undefined) return
      yield page
      from = idAfter(textOf(last[0]))
    }
  }

  #skip(): never[] {
    this.skipped += 1
    return []
  }
}

/** @returns null for a letter that cannot be read */
export function letterOf({ entry, head, death }: Omit<RawLetter, 'body'>): FoundLetter | null {
  const stored = decodeHead(head)
  const died = decodeDeath(death.toString())
  return stored === null || died === null ? null : { entry, head: stored, death: died }
}

function rawLetter(answer: unknown): RawLetter {
  const [entry, fields] = listOf(answer)
  const [, head, , body, , death] = listOf(fields)
  return { entry: textOf(entry), head: bytesOf(head), body: bytesOf(body), death: bytesOf(death) }
}
