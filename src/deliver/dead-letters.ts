import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { SlabWord } from '../arena/layout.js'
import type { DeadLetter, DeadLetterQuery, DeadLetterSelection, ListedDeadLetter } from '../shard/messages.js'
import { Counter } from '../stats/layout.js'
import type { ShardCounters } from '../stats/shard-counters.js'
import { monotonicNow as now, numberOf, unixOf } from '../time/clocks.js'
import type { Disposal } from './disposal.js'
import type { Endpoint } from './endpoint.js'
import type { Upstream } from './upstream.js'

interface Kept {
  readonly slab: SlabId
  readonly endpoint: Endpoint
  readonly bytes: number
  /** Monotonic, in ms. */
  readonly diedAt: number
}

/** The batches that a dead letter has become. */
export interface Separated {
  readonly endpoint: Endpoint
  readonly slabs: readonly SlabId[]
}

/** In ms: the least that doubles of this size can tell apart, twice. */
const INSTANT_MS = 2 ** -11

/**
 * The dead letters of a shard: slabs of its arena in the state `Dead`, so that they survive the thread and are part of its
 * fixed memory. They may hold a share of the arena; past it the oldest goes.
 */
export class DeadLetters {
  /** By delivery id, the oldest first: in the order of `diedAt`. */
  readonly #kept = new Map<string, Kept>()
  #bytes = 0
  #lastDiedAt = 0

  readonly #batches: Batches
  readonly #maxBytes: number
  readonly #counters: ShardCounters
  readonly #upstream: Pick<Upstream, 'held' | 'discarded'>
  readonly #disposal: Disposal

  constructor(
    batches: Batches,
    maxBytes: number,
    counters: ShardCounters,
    upstream: Pick<Upstream, 'held' | 'discarded'>,
    disposal: Disposal,
  ) {
    this.#batches = batches
    this.#maxBytes = maxBytes
    this.#counters = counters
    this.#upstream = upstream
    this.#disposal = disposal
  }

  get size(): number {
    return this.#kept.size
  }

  /** Makes a batch of this endpoint a dead letter. */
  bury(endpoint: Endpoint, slab: SlabId, status: number | null, cause: string, error: string): void {
    const diedAt = Math.max(now(), this.#lastDiedAt + INSTANT_MS)
    this.#counters.add(Counter.dead_lettered, this.#batches.slabs.events(slab))
    this.keep(endpoint, this.#batches.bury(slab, status, `${cause}\n${error}`, diedAt))
    while (this.#bytes > this.#maxBytes && this.#kept.size > 1) this.evictOldest()
  }

  /**
   * Takes a dead letter that a former thread left. A batch that came twice from a queue dies twice: the later letter counts.
   */
  keep(endpoint: Endpoint, slab: SlabId): void {
    const id = this.#batches.slabs.deliveryId(slab)
    const before = this.#kept.get(id)
    if (before !== undefined) {
      this.#remove(id, before)
      this.#disposal.left(before.slab)
    }
    const bytes = this.#batches.allocator.memory.slabBytes(slab)
    const diedAt = this.#batches.slabs.time(slab, SlabWord.LastAttemptAt)
    this.#kept.set(id, { slab, endpoint, bytes, diedAt })
    this.#lastDiedAt = diedAt
    endpoint.deadLetters += 1
    this.#account(bytes)
    this.#disposal.buried(slab)
    // Not before the later letter counts: its endpoint may have nothing else.
    if (before !== undefined) this.#upstream.discarded(before.endpoint.number)
  }

  /** The dead letter in this slab is in a store now, and no longer here. */
  handedOver(slab: SlabId): void {
    const id = this.#batches.slabs.deliveryId(slab)
    const letter = this.#kept.get(id)
    if (letter?.slab !== slab) return
    this.#remove(id, letter)
    this.#batches.allocator.release(slab)
    this.#upstream.discarded(letter.endpoint.number)
  }

  /** Makes room for others. @returns false when there is none to evict */
  evictOldest(): boolean {
    for (const [id, letter] of this.#kept) {
      if (!this.#disposal.isMovable(letter.slab)) continue
      this.#counters.add(Counter.dead_letters_evicted, this.#batches.slabs.events(letter.slab))
      this.#discard(id, letter)
      return true
    }
    return false
  }

  list({ limit, after, ...selection }: DeadLetterQuery): ListedDeadLetter[] {
    const letters: ListedDeadLetter[] = []
    const isSelected = matcher(selection)
    for (const [id, letter] of this.#kept) {
      if (letters.length >= limit) break
      const isAfter = after === null || letter.diedAt > after
      if (isAfter && isSelected(id, letter.endpoint)) letters.push(this.#describe(id, letter))
    }
    return letters
  }

  /** @returns null when there is none with this delivery id */
  get(id: string): DeadLetter | null {
    const letter = this.#kept.get(id)
    if (letter === undefined) return null
    const { position: _, ...head } = this.#describe(id, letter)
    return { ...head, body: this.#batches.body(letter.slab).toString('utf8') }
  }

  /** Takes the selected ones out, ready to be delivered again under the same ids. */
  revive(selection: DeadLetterSelection): readonly { readonly endpoint: Endpoint; readonly slab: SlabId }[] {
    const selected = this.#select(selection)
    for (const [id, letter] of selected) {
      this.#batches.revive(letter.slab, now())
      this.#remove(id, letter)
      this.#upstream.held(letter.endpoint.number, letter.bytes)
    }
    return selected.map(([, letter]) => letter)
  }

  /** As `revive`, but splits each letter into its events. One that finds no room for that stays. */
  separate(selection: DeadLetterSelection): readonly Separated[] {
    const { slabs, allocator } = this.#batches
    const separated: Separated[] = []
    for (const [id, letter] of this.#select(selection)) {
      const parts = slabs.events(letter.slab) < 2 ? [letter.slab] : this.#batches.separate(letter.slab)
      if (parts === null) continue
      for (const part of parts) {
        if (part === letter.slab) this.#batches.revive(part, now())
        else slabs.setTime(part, SlabWord.SealedAt, now())
        this.#upstream.held(letter.endpoint.number, allocator.memory.slabBytes(part))
      }
      this.#remove(id, letter)
      separated.push({ endpoint: letter.endpoint, slabs: parts })
    }
    return separated
  }

  /** @returns how many batches went */
  purge(selection: DeadLetterSelection): number {
    const selected = this.#select(selection)
    for (const [id, letter] of selected) this.#discard(id, letter)
    return selected.length
  }

  #select(selection: DeadLetterSelection): (readonly [string, Kept])[] {
    const isSelected = matcher(selection)
    return [...this.#kept].filter(
      ([id, { endpoint, slab }]) => isSelected(id, endpoint) && this.#disposal.isMovable(slab),
    )
  }

  #discard(id: string, letter: Kept): void {
    this.#remove(id, letter)
    this.#disposal.done(letter.slab)
    this.#upstream.discarded(letter.endpoint.number)
  }

  #remove(id: string, letter: Kept): void {
    this.#kept.delete(id)
    letter.endpoint.deadLetters -= 1
    this.#account(-letter.bytes)
  }

  #account(bytes: number): void {
    this.#bytes += bytes
    this.#counters.set(Counter.dead_letters, this.#kept.size)
    this.#counters.set(Counter.dead_letter_bytes, this.#bytes)
  }

  #describe(id: string, { slab, endpoint, diedAt }: Kept): ListedDeadLetter {
    const { slabs } = this.#batches
    const [cause = '', ...error] = this.#batches.error(slab).split('\n')
    const firstAttemptAt = slabs.time(slab, SlabWord.FirstAttemptAt)
    return {
      id,
      app: endpoint.app.id,
      endpoint: endpoint.config.id,
      events: slabs.events(slab),
      attempts: slabs.word(slab, SlabWord.Attempts),
      status: slabs.word(slab, SlabWord.LastStatus) || null,
      cause,
      error: error.join('\n'),
      firstEventAt: shown(slabs.time(slab, SlabWord.FirstEventAt)),
      firstAttemptAt: firstAttemptAt === 0 ? null : shown(firstAttemptAt),
      diedAt: shown(diedAt),
      position: diedAt,
    }
  }
}

function matcher({ ids, app, endpoint, all }: DeadLetterSelection): (id: string, of: Endpoint) => boolean {
  if (ids !== undefined) {
    const wanted = new Set(ids)
    return (id) => wanted.has(id)
  }
  if (all === true) return () => true
  return (_, of) => of.app.id === app && (endpoint === undefined || of.config.id === endpoint)
}

/** A monotonic moment as Unix time in ms, for people. */
function shown(atMs: number): number {
  return Math.round(numberOf(unixOf(atMs)))
}
