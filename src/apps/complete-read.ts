import type { AppRecords } from './app-records.js'
import { ALL_IDS, type AppSource, type AppVersion, type IdRange } from './app-source.js'
import { decideDeletions } from './comparison.js'
import { RangeCutter, type ReadRange, staleRange, withoutRemnants } from './read-ranges.js'
import { eachInTurns } from './turns.js'

/** Records that are asked for at once. */
const MOST_AT_ONCE = 500

/** How many apps a read has changed. */
export interface Changed {
  /** Apps that were added or changed. */
  readonly set: number
  /** Apps that were removed. */
  readonly deleted: number
}

export interface CompleteReadOptions {
  readonly allowsMassDeletion: boolean
  /** Called with the apps so far, after each page of the first read. */
  readonly progress: (apps: number) => void
  /** Called when so many deletions are held back until another read confirms them. */
  readonly heldBack: (deletions: number, known: number) => void
  readonly isClosed: () => boolean
}

/**
 * Reads all that a source has: once as it is, afterwards what has changed. One at a time. Where the source has fingerprints, a comparison
 * reads the versions of those ranges alone whose fingerprint is another one, and the records whose version is.
 */
export class CompleteReads {
  readonly #source: AppSource
  readonly #records: AppRecords
  readonly #options: CompleteReadOptions
  /** All ids, in the source's order. */
  #ranges: readonly ReadRange[] = [staleRange(0)]
  #held: ReadonlySet<string> = new Set()
  /** The next comparison looks at every app, whatever the fingerprints say. */
  #isForced = false

  constructor(source: AppSource, records: AppRecords, options: CompleteReadOptions) {
    this.#source = source
    this.#records = records
    this.#options = options
  }

  /** Makes the next comparison look at every app, whatever the fingerprints say. */
  force(): void {
    this.#isForced = true
  }

  /** @throws AppManagerError: what has been read until then stays */
  async load(): Promise<Changed> {
    const read = this.#records.beginRead()
    const cutter = this.#cutter(ALL_IDS, read)
    let set = 0
    for await (const page of readingAhead(this.#source.pages())) {
      await this.#inTurns(page, (row) => {
        cutter.add(row)
        // A look-up meanwhile has read a newer record.
        if (this.#records.isMet(row.id)) this.#records.meet(row, cutter.current)
        else if (this.#records.apply(row, cutter.current)) set += 1
      })
      if (this.#options.isClosed()) return { set, deleted: 0 }
      cutter.endPage(page.at(-1)?.id ?? '')
      this.#options.progress(this.#records.size)
    }
    this.#ranges = cutter.end()
    return { set, deleted: await this.#deleteMissing(this.#records.ids) }
  }

  /** @throws AppManagerError: then nothing has been deleted */
  async compare(): Promise<Changed> {
    if (this.#isForced) for (const range of this.#ranges) range.isStale = true
    this.#isForced = false
    const read = this.#records.beginRead()
    const ranges: ReadRange[] = []
    let isAnyRead = false
    let set = 0
    for (const range of this.#ranges) {
      if (await this.#isSame(range)) {
        range.foundIn = read
        ranges.push(range)
      } else {
        isAnyRead = true
        // A failure leaves it among the ranges, to be read again.
        range.isStale = true
        const cutter = this.#cutter(range, read)
        set += await this.#readRange(range, cutter)
        ranges.push(...cutter.end())
      }
      if (this.#options.isClosed()) return { set, deleted: 0 }
    }
    this.#ranges = withoutRemnants(ranges, read)
    const suspects = isAnyRead || this.#held.size > 0 ? this.#records.ids : this.#records.loose
    return { set, deleted: await this.#deleteMissing(suspects) }
  }

  async #isSame(range: ReadRange): Promise<boolean> {
    if (range.isStale || this.#source.fingerprint === null) return false
    return range.isSame(await this.#source.fingerprint(range))
  }

  async #readRange(range: ReadRange, cutter: RangeCutter): Promise<number> {
    let set = 0
    for await (const page of readingAhead(this.#source.versions(range))) {
      const changed: string[] = []
      await this.#inTurns(page, (version: AppVersion) => {
        cutter.add(version)
        if (this.#records.meet(version, cutter.current)) changed.push(version.id)
      })
      while (changed.length > 0) set += await this.#read(changed.splice(0, MOST_AT_ONCE), cutter.current)
      if (this.#options.isClosed()) return set
      cutter.endPage(page.at(-1)?.id ?? '')
    }
    return set
  }

  async #read(ids: readonly string[], range: ReadRange): Promise<number> {
    let set = 0
    await this.#inTurns(await this.#source.find(ids), (row) => {
      if (this.#records.apply(row, range)) set += 1
    })
    return set
  }

  /** @param suspects ids among which all are that the read has not met */
  async #deleteMissing(suspects: Iterable<string>): Promise<number> {
    const missing: string[] = []
    await this.#inTurns(suspects, (id) => {
      if (!this.#records.isMet(id)) missing.push(id)
    })
    if (this.#options.isClosed()) return 0
    const known = this.#records.size
    const { gone, held } = decideDeletions(known, missing, this.#held, this.#options.allowsMassDeletion)
    this.#held = held
    if (held.size > 0) this.#options.heldBack(held.size, known)
    await this.#inTurns(gone, (id) => this.#records.drop(id))
    this.#records.tighten()
    return gone.length
  }

  #cutter(within: IdRange, read: number): RangeCutter {
    return new RangeCutter(within, read, this.#source.fingerprint !== null)
  }

  #inTurns<Item>(items: Iterable<Item>, visit: (item: Item) => void): Promise<void> {
    return eachInTurns(items, visit, this.#options.isClosed)
  }
}

/** Asks for the next page while one is worked on. */
async function* readingAhead<Page>(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  const iterator = pages[Symbol.asyncIterator]()
  let next = iterator.next()
  for (let result = await next; result.done !== true; result = await next) {
    next = iterator.next()
    // Its failure is that of the turn that awaits it.
    next.catch(() => undefined)
    yield result.value
  }
}
