import type { AppRecords } from './app-records.js'
import type { AppSource, AppVersion } from './app-source.js'
import { decideDeletions } from './comparison.js'
import { eachInTurns } from './turns.js'

/** Records that are asked for at once. */
const MOST_AT_ONCE = 500

/** How many apps a read has changed. */
export interface Changed {
  readonly set: number
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

/** Reads all that a source has: once as it is, afterwards what has changed. One at a time. */
export class CompleteReads {
  readonly #source: AppSource
  readonly #records: AppRecords
  readonly #options: CompleteReadOptions
  /** Of what has been read completely; null: unknown. */
  #fingerprint: string | null = null
  #held: ReadonlySet<string> = new Set()
  /** The next comparison looks at every app, whatever the fingerprint says. */
  #isForced = false

  constructor(source: AppSource, records: AppRecords, options: CompleteReadOptions) {
    this.#source = source
    this.#records = records
    this.#options = options
  }

  /** Makes the next comparison look at every app, whatever the fingerprint says. */
  force(): void {
    this.#isForced = true
  }

  /** @throws AppManagerError: what has been read until then stays */
  async load(): Promise<Changed> {
    const fingerprint = await this.#source.fingerprint()
    this.#records.beginRead()
    let set = 0
    for await (const page of readingAhead(this.#source.pages())) {
      // A look-up meanwhile has read a newer record.
      const unmet = page.filter(({ id }) => !this.#records.isMet(id))
      await this.#inTurns(unmet, (row) => {
        if (this.#records.apply(row)) set += 1
      })
      if (this.#options.isClosed()) break
      this.#options.progress(this.#records.size)
    }
    this.#fingerprint = fingerprint
    return { set, deleted: await this.#deleteMissing() }
  }

  /** @throws AppManagerError: then nothing has been deleted */
  async compare(): Promise<Changed> {
    const isForced = this.#isForced
    this.#isForced = false
    try {
      // Before the versions: what changes in between is met by the next comparison again.
      const fingerprint = await this.#source.fingerprint()
      const isSame = fingerprint !== null && fingerprint === this.#fingerprint
      return isSame && !isForced ? { set: 0, deleted: 0 } : await this.#compareAll(fingerprint)
    } catch (error) {
      this.#isForced ||= isForced
      throw error
    }
  }

  async #compareAll(fingerprint: string | null): Promise<Changed> {
    this.#records.beginRead()
    let set = 0
    const changed: string[] = []
    for await (const page of readingAhead(this.#source.versions())) {
      await this.#inTurns(page, (version: AppVersion) => {
        if (this.#records.meet(version)) changed.push(version.id)
      })
      while (changed.length >= MOST_AT_ONCE) set += await this.#read(changed.splice(0, MOST_AT_ONCE))
      if (this.#options.isClosed()) return { set, deleted: 0 }
    }
    if (changed.length > 0) set += await this.#read(changed)
    this.#fingerprint = fingerprint
    return { set, deleted: await this.#deleteMissing() }
  }

  async #read(ids: readonly string[]): Promise<number> {
    let set = 0
    await this.#inTurns(await this.#source.find(ids), (row) => {
      if (this.#records.apply(row)) set += 1
    })
    return set
  }

  async #deleteMissing(): Promise<number> {
    if (this.#options.isClosed()) return 0
    const missing = [...this.#records.missing()]
    const known = this.#records.size
    const { gone, held } = decideDeletions(known, missing, this.#held, this.#options.allowsMassDeletion)
    this.#held = held
    if (held.size > 0) {
      this.#fingerprint = null
      this.#options.heldBack(held.size, known)
    }
    await this.#inTurns(gone, (id) => this.#records.drop(id))
    return gone.length
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
