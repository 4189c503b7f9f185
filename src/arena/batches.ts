import type { AppIndex, EndpointNumber, Sequence } from '../indexes.js'
import { numberOf, type UnixMs, unixNow } from '../time/clocks.js'
import type { Allocator } from './allocator.js'
import type { ArenaMemory, SlabId } from './arena-memory.js'
import { type BodyFormat, writePrefix, writeTime } from './body.js'
import { CustodyWords } from './custody.js'
import type { DeliveryIds } from './delivery-ids.js'
import { eventEnds } from './event-ends.js'
import { type SealReason, SLAB_HEADER_BYTES, SlabState, SlabWord } from './layout.js'
import { halfOf, type PartId, singleOf, WHOLE } from './part-id.js'
import { Slabs } from './slab.js'

/** Held events are older than the ring's: this far back none is forgotten and none is taken for a later one. */
const LONG_AGO = 0x4000_0000

/** Error text that a dead letter keeps, in bytes. */
const MAX_ERROR_BYTES = 512

/** A dead letter moves for its error text to a slab of at most this, in bytes: the next size is four times as large. */
const MOST_FOR_ERROR_BYTES = 1024

/** One part of a batch that is split. */
interface Part {
  readonly events: number
  readonly id: PartId
}

/** Numbers that a durable queue needs of slabs, in shared memory so that no thread gives one out twice. */
export interface SlabNumbers {
  /** Of the next sealed batch, in the order of sealing. */
  nextSeal(): number
  /** Of the next use of a slab. */
  nextGeneration(): number
}

/** What becomes of a slab whose batch is in others now. */
export interface Replaced {
  /** The batch was split into these. */
  split(slab: SlabId, parts: readonly SlabId[]): void
  /** The batch has moved to another slab. */
  moved(slab: SlabId, to: SlabId): void
}

/** A job of the store, as it is put into a slab. */
export interface StoredBatch {
  readonly app: number
  readonly endpoint: number
  readonly id: Uint8Array
  readonly life: number
  readonly order: number
  readonly events: number
  readonly attempts: number
  readonly status: number
  readonly bodyBytes: number
  /** Monotonic, in ms; 0: not yet. */
  readonly firstEventAt: number
  readonly sealedAt: number
  readonly firstAttemptAt: number
}

/**
 * Batches in slabs: the transitions of `SlabState`, each with all that has to be written before it.
 *
 * A crash between any two stores leaves either the state before or the state after: `recovery.ts` relies on nothing else.
 */
export class Batches {
  readonly slabs: Slabs
  readonly custody: CustodyWords
  /** Frees them, unless somebody else does more. */
  replaced: Replaced
  readonly #memory: ArenaMemory

  readonly #format: BodyFormat
  readonly #ids: DeliveryIds
  readonly #readUnix: () => UnixMs
  readonly #numbers: SlabNumbers | null

  /** @param numbers null without a durable queue */
  constructor(
    readonly allocator: Allocator,
    format: BodyFormat,
    ids: DeliveryIds,
    readUnix: () => UnixMs = unixNow,
    numbers: SlabNumbers | null = null,
  ) {
    this.#format = format
    this.#ids = ids
    this.#readUnix = readUnix
    this.#numbers = numbers
    this.#memory = allocator.memory
    this.slabs = new Slabs(this.#memory)
    this.custody = new CustodyWords(this.#memory.words)
    const free = (slab: SlabId): void => allocator.release(slab)
    this.replaced = { split: free, moved: free }
  }

  /** Whether a durable queue keeps its batches. */
  get isDurable(): boolean {
    return this.#numbers !== null
  }

  /** Bytes of a body that are not events. */
  get overheadBytes(): number {
    return this.#format.prefix.length + this.#format.suffix.length
  }

  /**
   * Opens a batch with room for `bytes` of events.
   * @param eventAtMs when the first of them was emitted, monotonic
   * @param leastBytes where there is not as much room: with the most that there is, down to this
   * @returns null when the arena has no room.
   */
  open(
    app: AppIndex,
    endpoint: EndpointNumber,
    bytes: number,
    sequence: Sequence,
    eventAtMs: number,
    leastBytes = bytes,
  ): SlabId | null {
    const { slabs, overheadBytes } = this
    const memory = this.#memory
    const slab = this.#allocate(
      SLAB_HEADER_BYTES + overheadBytes + bytes,
      SLAB_HEADER_BYTES + overheadBytes + leastBytes,
    )
    if (slab === null) return null
    slabs.setWord(slab, SlabWord.App, app)
    slabs.setWord(slab, SlabWord.Endpoint, endpoint)
    slabs.setWord(slab, SlabWord.Attempts, 0)
    slabs.setWord(slab, SlabWord.SealedBy, 0)
    slabs.setWord(slab, SlabWord.LastStatus, 0)
    slabs.setWord(slab, SlabWord.ErrorBytes, 0)
    slabs.setPart(slab, WHOLE)
    slabs.setTime(slab, SlabWord.FirstEventAt, eventAtMs)
    slabs.setTime(slab, SlabWord.SealedAt, 0)
    slabs.setTime(slab, SlabWord.FirstAttemptAt, 0)
    slabs.setTime(slab, SlabWord.LastAttemptAt, 0)
    this.#ids.write(memory.bytes, slab + SlabWord.DeliveryId * 4)
    const length = writePrefix(memory, slabs.bodyAt(slab), this.#format)
    slabs.commit(slab, length, 0, (sequence - 1) | 0, (sequence - LONG_AGO) | 0)
    slabs.setState(slab, SlabState.Open)
    return slab
  }

  /** Bytes of a body's end, which sealing adds. */
  get suffixBytes(): number {
    return this.#format.suffix.length
  }

  /** The longest body that fits into the slab, in bytes. */
  capacity(slab: SlabId): number {
    return this.#memory.slabBytes(slab) - SLAB_HEADER_BYTES
  }

  /** Bytes that the body of an open batch can still take, its end already deducted. */
  room(slab: SlabId): number {
    return this.capacity(slab) - this.bodyLength(slab)
  }

  /**
   * Moves an open batch to a larger slab with room for `bytes` more. Until the old slab is freed both are open under one
   * delivery id; recovery keeps the larger.
   * @returns the new slab, or null when the arena has no room.
   */
  grow(slab: SlabId, bytes: number): SlabId | null {
    const { slabs } = this
    const length = slabs.length(slab)
    const needed = SLAB_HEADER_BYTES + length + bytes + this.#format.suffix.length
    const larger = this.#copyToSlabOf(needed, slab, length)
    if (larger === null) return null
    slabs.setState(larger, SlabState.Open)
    this.allocator.release(slab)
    return larger
  }

  /** Completes the body, with the time of day: nothing is appended after this. */
  seal(slab: SlabId, reason: SealReason, nowMs: number): void {
    const { slabs } = this
    const memory = this.#memory
    const format = this.#format
    const bodyAt = slabs.bodyAt(slab)
    memory.bytes.set(format.suffix, bodyAt + slabs.length(slab))
    if (format.timeAt >= 0) writeTime(memory.view, bodyAt + format.timeAt, numberOf(this.#readUnix()))
    slabs.setSealedBy(slab, reason, 0)
    slabs.setTime(slab, SlabWord.SealedAt, nowMs)
    if (this.#numbers !== null) slabs.setWord(slab, SlabWord.Order, this.#numbers.nextSeal() | 0)
    slabs.setState(slab, SlabState.Sealed)
  }

  /** The exact bytes of a sealed batch's request: a view, good until the slab is released. */
  body(slab: SlabId): Buffer {
    const at = this.slabs.bodyAt(slab)
    return this.#memory.bytes.subarray(at, at + this.bodyLength(slab))
  }

  bodyLength(slab: SlabId): number {
    return this.slabs.length(slab) + this.#format.suffix.length
  }

  /** sealed → in flight. @returns the number of this attempt, from 1 */
  startAttempt(slab: SlabId, nowMs: number): number {
    const { slabs } = this
    const attempt = slabs.word(slab, SlabWord.Attempts) + 1
    if (slabs.time(slab, SlabWord.FirstAttemptAt) === 0) slabs.setTime(slab, SlabWord.FirstAttemptAt, nowMs)
    slabs.setTime(slab, SlabWord.LastAttemptAt, nowMs)
    slabs.setWord(slab, SlabWord.Attempts, attempt)
    slabs.setState(slab, SlabState.InFlight)
    return attempt
  }

  /** in flight → sealed: the attempt failed and there will be another. */
  putBack(slab: SlabId, status: number | null): void {
    this.slabs.setWord(slab, SlabWord.LastStatus, status ?? 0)
    this.slabs.setState(slab, SlabState.Sealed)
  }

  /**
   * sealed or in flight → dead. `error` is kept behind the body as far as there is room, if need be in another slab. Until the old
   * one is freed there are two under one delivery id; recovery keeps the dead one.
   * @returns the dead letter's slab
   */
  bury(slab: SlabId, status: number | null, error: string, nowMs: number): SlabId {
    const { slabs } = this
    const memory = this.#memory
    const length = this.bodyLength(slab)
    const grave = this.#roomForError(slab, length, error) ?? slab
    const at = slabs.bodyAt(grave) + length
    const room = Math.min(grave + memory.slabBytes(grave) - at, MAX_ERROR_BYTES)
    slabs.setWord(grave, SlabWord.ErrorBytes, memory.bytes.write(error, at, Math.max(room, 0), 'utf8'))
    slabs.setWord(grave, SlabWord.LastStatus, status ?? 0)
    slabs.setTime(grave, SlabWord.LastAttemptAt, nowMs)
    slabs.setState(grave, SlabState.Dead)
    if (grave !== slab) this.replaced.moved(slab, grave)
    return grave
  }

  /**
   * Splits a sealed batch, one in flight or a dead letter of several events into two sealed ones. Until the old slab is freed the
   * parts are there beside it, none of them tried; recovery keeps the old one.
   * @returns the parts in their order, or null when the arena has no room or there is one event
   */
  halve(slab: SlabId): readonly SlabId[] | null {
    const events = this.slabs.events(slab)
    const part = this.slabs.part(slab)
    const first = Math.ceil(events / 2)
    const halves = [
      { events: first, id: halfOf(part, 0) },
      { events: events - first, id: halfOf(part, 1) },
    ]
    return events < 2 ? null : this.#split(slab, halves)
  }

  /** As `halve`, into as many parts as there are events, which come behind all that is sealed, in their order. */
  separate(slab: SlabId): readonly SlabId[] | null {
    const events = this.slabs.events(slab)
    const part = this.slabs.part(slab)
    const singles = Array.from({ length: events }, (_, index) => ({ events: 1, id: singleOf(part, index) }))
    return events < 2 ? null : this.#split(slab, singles, this.#numbers)
  }

  #split(slab: SlabId, parts: readonly Part[], numbers: SlabNumbers | null = null): readonly SlabId[] | null {
    const { slabs, allocator } = this
    const memory = this.#memory
    const format = this.#format
    const eventsAt = slabs.bodyAt(slab) + format.prefix.length
    const ends = eventEnds(memory.bytes, eventsAt, slabs.bodyAt(slab) + slabs.length(slab))
    const made: SlabId[] = []
    let from = eventsAt
    let taken = 0
    for (const { events, id } of parts) {
      taken += events
      const to = ends[taken - 1] ?? from
      const copy = this.#copyPart(slab, from, to, events, id)
      if (copy === null) {
        for (const one of made) allocator.release(one)
        return null
      }
      made.push(copy)
      from = to + 1
    }
    for (const one of made) {
      if (numbers !== null) slabs.setWord(one, SlabWord.Order, numbers.nextSeal() | 0)
      slabs.setState(one, SlabState.Sealed)
    }
    this.replaced.split(slab, made)
    return made
  }

  /** Copies these bytes of a body, which are whole events, and what is the same of all parts. @returns a claimed slab */
  #copyPart(slab: SlabId, from: number, to: number, events: number, id: PartId): SlabId | null {
    const { slabs } = this
    const memory = this.#memory
    const format = this.#format
    const { prefix, suffix } = format
    const length = prefix.length + to - from
    const copy = this.#copyToSlabOf(SLAB_HEADER_BYTES + length + suffix.length, slab, prefix.length)
    if (copy === null) return null
    const bodyAt = slabs.bodyAt(copy)
    memory.bytes.copyWithin(bodyAt + prefix.length, from, to)
    memory.bytes.set(suffix, bodyAt + length)
    slabs.setPart(copy, id)
    slabs.setWord(copy, SlabWord.Attempts, 0)
    slabs.setWord(copy, SlabWord.LastStatus, 0)
    slabs.setWord(copy, SlabWord.ErrorBytes, 0)
    slabs.setTime(copy, SlabWord.FirstAttemptAt, 0)
    slabs.setTime(copy, SlabWord.LastAttemptAt, 0)
    slabs.commit(copy, length, events, slabs.lastSequence(slab), slabs.lastHeldSequence(slab))
    return copy
  }

  /** The error text of a dead letter. */
  error(slab: SlabId): string {
    const at = this.slabs.bodyAt(slab) + this.bodyLength(slab)
    return this.#memory.bytes.toString('utf8', at, at + this.slabs.word(slab, SlabWord.ErrorBytes))
  }

  /** dead → sealed, in its next life, with its attempts and times counted from zero and its delivery id kept. */
  revive(slab: SlabId, nowMs: number): void {
    const { slabs } = this
    slabs.setSealedBy(slab, slabs.sealedBy(slab), slabs.life(slab) + 1)
    if (this.#numbers !== null) slabs.setWord(slab, SlabWord.Order, this.#numbers.nextSeal() | 0)
    slabs.setWord(slab, SlabWord.Attempts, 0)
    slabs.setTime(slab, SlabWord.FirstAttemptAt, 0)
    slabs.setTime(slab, SlabWord.SealedAt, nowMs)
    slabs.setState(slab, SlabState.Sealed)
  }

  /** @returns a copy in a slab where the error text has more room; null: it need not move or there is none */
  #roomForError(slab: SlabId, length: number, error: string): SlabId | null {
    const wanted = SLAB_HEADER_BYTES + length + Math.min(Buffer.byteLength(error), MAX_ERROR_BYTES)
    const needed = Math.min(wanted, MOST_FOR_ERROR_BYTES)
    return needed > this.#memory.slabBytes(slab) ? this.#copyToSlabOf(needed, slab, length) : null
  }

  /**
   * Claims a slab for a job of the store, and writes all but its body. It counts once the state is `Sealed`.
   * @returns null when the arena has no room, or no slab is that large
   */
  claimStored(job: StoredBatch): SlabId | null {
    const { slabs } = this
    const memory = this.#memory
    const numbers = this.#numbers
    const format = this.#format
    const bytes = SLAB_HEADER_BYTES + job.bodyBytes
    if (bytes > memory.shape.pageBytes || numbers === null) return null
    const slab = this.#allocate(bytes)
    if (slab === null) return null
    this.custody.beginStored(slab, numbers.nextGeneration())
    slabs.setWord(slab, SlabWord.App, job.app)
    slabs.setWord(slab, SlabWord.Endpoint, job.endpoint)
    slabs.setWord(slab, SlabWord.Attempts, job.attempts)
    slabs.setSealedBy(slab, 'none', job.life)
    slabs.setWord(slab, SlabWord.LastStatus, job.status)
    slabs.setWord(slab, SlabWord.ErrorBytes, 0)
    slabs.setWord(slab, SlabWord.Order, job.order | 0)
    slabs.setTime(slab, SlabWord.FirstEventAt, job.firstEventAt)
    slabs.setTime(slab, SlabWord.SealedAt, job.sealedAt)
    slabs.setTime(slab, SlabWord.FirstAttemptAt, job.firstAttemptAt)
    slabs.setTime(slab, SlabWord.LastAttemptAt, 0)
    memory.bytes.set(job.id, slab + SlabWord.DeliveryId * 4)
    slabs.commit(slab, job.bodyBytes - format.suffix.length, job.events, 0, 0)
    return slab
  }

  /** Copies all but the state and the custody. @returns a claimed slab of at least `bytes`, or null when the arena has no room */
  #copyToSlabOf(bytes: number, slab: SlabId, length: number): SlabId | null {
    const copy = this.#allocate(bytes)
    if (copy === null) return null
    const { bytes: memory } = this.#memory
    const custodyAt = SlabWord.Custody * 4
    memory.copyWithin(copy + 4, slab + 4, slab + custodyAt)
    memory.copyWithin(copy + custodyAt + 4, slab + custodyAt + 4, slab + SLAB_HEADER_BYTES + length)
    return copy
  }

  /** @returns a claimed slab of `bytes`, or of as much as there is down to `leastBytes`, in nobody's custody; null: there is no room */
  #allocate(bytes: number, leastBytes = bytes): SlabId | null {
    const { allocator } = this
    let sizeClass = allocator.classFor(bytes)
    let slab = allocator.allocate(sizeClass)
    if (slab === null && leastBytes < bytes) {
      const leastClass = allocator.classFor(leastBytes)
      while (slab === null && sizeClass > leastClass) slab = allocator.allocate(--sizeClass)
    }
    if (slab !== null && this.#numbers !== null) this.custody.begin(slab, this.#numbers.nextGeneration())
    return slab
  }
}
