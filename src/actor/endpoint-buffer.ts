import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import type { SealReason } from '../arena/layout.js'
import type { AppIndex, EndpointNumber } from '../indexes.js'
import type { EventView } from '../ring/event-view.js'
import { eventBytes, maxEventBytes, writeEventJson } from './event-json.js'
import type { EndpointHistory } from './history.js'
import type { ActorPorts, BatchLimits } from './ports.js'
import type { Subscription } from './subscription.js'

/** A batch gets a slab for no more than this before it has begun, in bytes. */
const MOST_EXPECTED_BYTES = 16 * 1024

/** Nor for less when it may have several events: it would move at the second and again at the fourth. */
const LEAST_EXPECTED_BYTES = 512

/** Where an event comes from: the two sources have sequences of their own (see `ProgressWord`). */
export type EventSource = 'ring' | 'held'

/**
 * The batch that is being filled for one endpoint.
 *
 *     empty  → open    an event comes: a slab is taken (`reserve`) and the deadline set (`append`)
 *     open   → sealed  `maxEvents` or `maxBytes` is reached, or at the deadline when the courier's window has room
 *     open   → due     at the deadline when it has none: the batch goes on growing
 *     due    → sealed  the courier has room, or a limit is reached
 *
 * An open batch without an event is one that was only reserved for: it has no deadline and never leaves.
 * The generation tells a stale deadline from the current batch's.
 */
export class EndpointBuffer {
  /** Whether it wants the event that it considered last; not a list of those that do, which every event would allocate. */
  isWanting = false
  #lastSequence: number | null
  #lastHeldSequence: number | null
  /** The app's next one: at every event they are gone through, and a list would be two more places in memory. */
  next: EndpointBuffer | null = null
  #open: SlabId | null
  /** What the header of the open batch's slab says: an event that looked there first would wait for memory (benchmark `latency`). */
  #length = 0
  #events = 0
  /** The longest body that the open batch's slab, and the batch itself, can have. */
  #longestBytes = 0
  /** Events of the next batch, in bytes, as the last two had them at least. */
  #expectedBytes: number
  readonly #leastBytes: number
  #lastBytes = 0
  #isDue = false
  #generation = 0

  readonly #app: AppIndex
  readonly #maxBytes: number
  readonly #limits: BatchLimits
  readonly #batches: Batches
  readonly #ports: ActorPorts

  constructor(
    app: AppIndex,
    readonly number: EndpointNumber,
    /** Another one once its endpoint is configured again. */
    public subscription: Subscription,
    maxBytes: number,
    limits: BatchLimits,
    batches: Batches,
    ports: ActorPorts,
    history: EndpointHistory,
  ) {
    this.#app = app
    this.#maxBytes = maxBytes
    this.#limits = limits
    this.#batches = batches
    this.#ports = ports
    this.#leastBytes = limits.maxEvents > 1 ? LEAST_EXPECTED_BYTES : 0
    this.#expectedBytes = this.#leastBytes
    this.#open = history.open
    if (history.open !== null) this.#begin(history.open)
    this.#isDue = this.#hasEvents
    this.#lastSequence = history.lastSequence
    this.#lastHeldSequence = history.lastHeldSequence
  }

  /**
   * Whether this is the last event of its source that it took. After a crash that one, and no earlier one, may come again;
   * that only equal numbers count keeps it right for endpoints that sleep through a wrap of the sequence.
   */
  has(event: EventView, source: EventSource): boolean {
    return (event.sequence | 0) === (source === 'ring' ? this.#lastSequence : this.#lastHeldSequence)
  }

  /** Whether it has no slab. */
  get isEmpty(): boolean {
    return this.#open === null
  }

  /** Sets `isWanting`. */
  consider(event: EventView, source: EventSource): void {
    this.isWanting = !this.has(event, source) && this.subscription.wants(event)
  }

  /** Seals the event as a batch of its own, outside the order. @returns null when the arena has no room */
  isolate(event: EventView, source: EventSource, nowMs: number): SlabId | null {
    const bytes = eventBytes(event)
    const slab = this.#openWith(bytes, bytes, event)
    if (slab === null) return null
    this.#write(slab, this.#batches.slabs.length(slab), 0, event, source)
    this.#batches.seal(slab, 'flush', nowMs)
    return slab
  }

  /**
   * Makes room for the event, so that `append` cannot fail.
   * @returns false when the arena has none: no event is lost and the same one may come again
   */
  reserve(event: EventView, nowMs: number): boolean {
    if (this.#open !== null && this.#lengthWith(maxEventBytes(event) + 1) <= this.#longestBytes) return true
    if (this.#events > 0 && this.#lengthWith(eventBytes(event) + 1) > this.#maxBytes) this.#seal('bytes', nowMs)
    const slab = this.#slabWithRoom(event, nowMs)
    if (slab === null) return false
    if (slab !== this.#open) this.#begin(slab)
    return true
  }

  /**
   * A batch that cannot grow is sealed as it is: no event needs a larger slab than it fills alone. But behind others that leave, it
   * waits for the memory that they free: else a flood's few large batches become many small ones, which take longer to send, so that
   * the arena stays full.
   */
  #slabWithRoom(event: EventView, nowMs: number): SlabId | null {
    if (this.#open !== null) {
      const slab = this.#enlarge(this.#open, event)
      if (slab !== null || this.#events === 0 || this.#ports.askToLeave(this.number, nowMs) === 'soon') return slab
      this.#seal('bytes', nowMs)
    }
    return this.#start(event)
  }

  /** Takes an event for which `reserve` has just made room. */
  append(event: EventView, source: EventSource, nowMs: number): void {
    const slab = this.#open
    if (slab === null) throw new Error(`no room was reserved for an event of endpoint ${this.number}`)
    this.#length = this.#write(slab, this.#length, this.#events, event, source)
    this.#events += 1
    if (this.#events >= this.#limits.maxEvents) this.#seal('events', nowMs)
    else if (this.#events === 1) this.#setDeadline(event, nowMs)
  }

  /** The time of the batch is up. */
  deadline(generation: number, nowMs: number): void {
    if (generation !== this.#generation || this.#open === null) return
    this.#isDue = true
    this.sealIfDue(nowMs)
  }

  /** A batch that could not leave at its deadline leaves when the courier has room. */
  sealIfDue(nowMs: number): void {
    if (!this.#isDue || this.#open === null) return
    if (this.#ports.askToLeave(this.number, nowMs) === 'now') this.#seal('duration', nowMs)
  }

  /** Seals what there is, and keeps nothing of the arena. */
  flush(nowMs: number): void {
    if (this.#open === null) return
    if (this.#hasEvents) {
      this.#seal('flush', nowMs)
      return
    }
    const { allocator } = this.#batches
    this.#ports.holds(this.number, -allocator.memory.slabBytes(this.#open))
    allocator.release(this.#open)
    this.#end()
  }

  /** Seals what there is, but for a dead letter: nobody is to deliver it. @returns null when there is none */
  giveUp(nowMs: number): SlabId | null {
    return this.#hasEvents ? this.#close('flush', nowMs) : null
  }

  get #hasEvents(): boolean {
    return this.#events > 0
  }

  /** Length of the body if it were sealed now with `bytes` more, in bytes. */
  #lengthWith(bytes: number): number {
    return this.#length + bytes + this.#batches.suffixBytes
  }

  /** Goes on in this slab. */
  #begin(slab: SlabId): void {
    const { slabs } = this.#batches
    this.#open = slab
    this.#length = slabs.length(slab)
    this.#events = slabs.events(slab)
    this.#longestBytes = Math.min(this.#batches.capacity(slab), this.#maxBytes)
  }

  #end(): void {
    this.#open = null
    this.#length = 0
    this.#events = 0
  }

  /** With room for what is expected, or as much of that as there is. */
  #start(event: EventView): SlabId | null {
    const leastBytes = eventBytes(event)
    return this.#openWith(Math.max(leastBytes, this.#expectedBytes), leastBytes, event)
  }

  #openWith(bytes: number, leastBytes: number, event: EventView): SlabId | null {
    const { sequence, emittedAtMs } = event
    const slab = this.#batches.open(this.#app, this.number, bytes, sequence, emittedAtMs, leastBytes)
    if (slab !== null) this.#ports.holds(this.number, this.#batches.allocator.memory.slabBytes(slab))
    return slab
  }

  #enlarge(slab: SlabId, event: EventView): SlabId | null {
    const needed = eventBytes(event) + 1
    if (this.#batches.room(slab) >= needed) return slab
    const { memory } = this.#batches.allocator
    const before = memory.slabBytes(slab)
    const larger = this.#batches.grow(slab, needed)
    if (larger !== null) this.#ports.holds(this.number, memory.slabBytes(larger) - before)
    return larger
  }

  /**
   * Both sequences go into every batch, so that they tell the order in which an endpoint's batches were begun.
   * @returns the body's new length
   */
  #write(slab: SlabId, length: number, events: number, event: EventView, source: EventSource): number {
    const { slabs, allocator } = this.#batches
    const { view } = allocator.memory
    const spare = slabs.spareProgress(slab)
    const bodyAt = slabs.bodyAt(slab)
    let end = bodyAt + length
    if (events > 0) view.setUint8(end++, 0x2c)
    end = writeEventJson(event, view, end)
    if (source === 'ring') this.#lastSequence = event.sequence | 0
    else this.#lastHeldSequence = event.sequence | 0
    const last = this.#lastSequence ?? slabs.lastSequence(slab)
    const lastHeld = this.#lastHeldSequence ?? slabs.lastHeldSequence(slab)
    slabs.commitTo(spare, slab, end - bodyAt, events + 1, last, lastHeld)
    return end - bodyAt
  }

  #setDeadline(event: EventView, nowMs: number): void {
    this.#generation = (this.#generation + 1) | 0
    this.#isDue = false
    const { durationMs } = this.#limits
    const ageMs = Math.min(Math.max(nowMs - event.emittedAtMs, 0), durationMs)
    this.#ports.setDeadline(this.#app, this.number, this.#generation, nowMs + durationMs - ageMs, nowMs)
  }

  #seal(reason: SealReason, nowMs: number): void {
    const slab = this.#close(reason, nowMs)
    if (slab !== null) this.#ports.submit(this.number, slab, nowMs)
  }

  /** Lets go of the open batch only when it is sealed: a failure before leaves it where it was. */
  #close(reason: SealReason, nowMs: number): SlabId | null {
    const slab = this.#open
    if (slab === null) return null
    this.#batches.seal(slab, reason, nowMs)
    this.#foresee(this.#lengthWith(0) - this.#batches.overheadBytes)
    this.#end()
    this.#isDue = false
    this.#generation = (this.#generation + 1) | 0
    return slab
  }

  /** The less of the last two: batches that wait in the arena shall not hold much more of it than they are long. */
  #foresee(bytes: number): void {
    this.#expectedBytes = Math.max(Math.min(bytes, this.#lastBytes, MOST_EXPECTED_BYTES), this.#leastBytes)
    this.#lastBytes = bytes
  }
}
