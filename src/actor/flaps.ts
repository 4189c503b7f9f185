import type { SlabId } from '../arena/arena-memory.js'
import { HeldKind } from '../arena/layout.js'
import type { AppIndex } from '../indexes.js'
import type { EventView } from '../ring/event-view.js'
import type { EventSource } from './endpoint-buffer.js'
import { type FlapRole, flapKeyOf, flapRoleOf } from './flap-roles.js'
import type { HeldAt, HeldRecords } from './held-records.js'
import type { FlapPorts } from './ports.js'
import type { Received } from './received.js'

/** How long the release waits when the arena was full, in ms. */
const STALLED_RETRY_MS = 50

/** Gives events to the endpoints; the app's actor. */
export interface Teller {
  tell(event: EventView, source: EventSource, nowMs: number): Received
  /** Whether some endpoint would get an event of one of these types (bits) on the event's channel. */
  wantsAny(types: number, event: EventView): boolean
}

/** What is the same for all apps of a shard. */
export interface FlapParts {
  readonly windowMs: number
  readonly records: HeldRecords
  readonly ports: FlapPorts
  /** When an event was emitted, by the clock that `nowMs` is of. */
  emittedAtMs(event: EventView, nowMs: number): number
}

/** A leave that is held, in the order of coming. */
interface Leave {
  readonly at: HeldAt
  readonly slab: SlabId
  readonly key: string
  /** A return that was emitted before this makes it a flap. */
  readonly untilMs: number
  /** When it is told, by the shard's clock, which may lag behind the host's. */
  readonly dueMs: number
  isOver: boolean
  next: Leave | null
}

/**
 * Holds back what leaves until it is sure that it does not return at once (`webhooks.flap_window_ms`).
 *
 * Each leave is a small state machine, its state a word of its record's copy in the arena (`HeldKind`):
 *     (ring)  → waiting    the copy is committed; from then on the ring's record may go
 *     waiting → cancelled  its return comes within the window: neither is told
 *     waiting → told       the window is over, or `releaseAll`: it is appended to the batches, then marked
 *
 * A crash between any two stores, and the record that was being read comes again:
 *     copy committed, record not given back     it has the sequence of the last copy: it is held already
 *     return noted, its leave not yet cancelled it is found waiting and cancelled as before
 *     leave cancelled, return not given back    no leave is found, but the return is the one noted: it is dropped
 *     appended to some batches, not yet marked  the batches know its sequence (`EndpointBuffer.has`)
 * For the last of these, leaves are told in the order in which they came. So a second leave of the same key does not bring
 * the first one forward: that is still told at its own time, only no return can cancel it any more.
 *
 * Memory is given back from the front, a slab at a time.
 */
export class Flaps {
  #first: Leave | null = null
  #last: Leave | null = null
  /** The waiting leave of each key; null: nothing is held, so that an idle app costs little. */
  #byKey: Map<string, Leave> | null = null
  #bytes = 0
  #lastSequence: number | null = null

  readonly #app: AppIndex
  readonly #parts: FlapParts

  constructor(app: AppIndex, parts: FlapParts) {
    this.#app = app
    this.#parts = parts
  }

  /** Whether it holds nothing, and no slab. */
  get isEmpty(): boolean {
    return this.#first === null && this.#bytes === 0
  }

  /** Takes the slabs that a former thread left, the oldest first. */
  recover(slabs: readonly SlabId[], nowMs: number): void {
    const { records, windowMs, ports } = this.#parts
    for (const slab of slabs) {
      records.adopt(slab)
      this.#bytes += records.slabBytes(slab)
      this.#lastSequence = records.lastSequence(slab)
      let isEmpty = true
      for (const at of records.in(slab)) {
        const event = records.read(at)
        const role = flapRoleOf(event)
        if (role === null) continue
        isEmpty = false
        const untilMs = this.#parts.emittedAtMs(event, nowMs) + windowMs
        this.#add(at, slab, flapKeyOf(event, role), untilMs, Math.max(untilMs, nowMs))
        if (records.kindAt(at) === HeldKind.Waiting) ports.count('held_events', 1)
        else if (this.#last !== null) this.#finish(this.#last)
      }
      if (isEmpty) this.#releaseSlab(slab)
    }
    this.#trim()
    this.#plan()
  }

  /** Takes an event of the ring: holds it, drops it with the leave that it undoes, or has it told. */
  receive(event: EventView, teller: Teller, nowMs: number): Received {
    const role = flapRoleOf(event)
    if (role === null) return teller.tell(event, 'ring', nowMs)
    return role.kind === 'leave' ? this.#leave(event, role, teller, nowMs) : this.#comeback(event, role, teller, nowMs)
  }

  /** Tells what is due. */
  release(teller: Teller, nowMs: number): Received {
    return this.#tellWhile((first) => first.dueMs <= nowMs, teller, nowMs)
  }

  /** Tells everything that is held, however young. */
  releaseAll(teller: Teller, nowMs: number): Received {
    return this.#tellWhile(() => true, teller, nowMs)
  }

  /** Takes the first leave out without telling it, if `take` can have it. @returns null when nothing is held */
  giveUpFirst(take: (event: EventView) => Received, nowMs: number): Received | null {
    if (this.#first === null) return null
    return this.#finishFirst(this.#first, take, nowMs)
  }

  #leave(event: EventView, role: FlapRole, teller: Teller, nowMs: number): Received {
    if ((event.sequence | 0) === this.#lastSequence) return 'done'
    if (!teller.wantsAny(role.types, event)) return 'done'
    const key = flapKeyOf(event, role)
    const slab = this.#slabFor(event)
    if (slab === null) return this.#tellUnheld(event, key, teller, nowMs)
    const { records, windowMs, ports } = this.#parts
    const at = records.append(slab, event)
    this.#lastSequence = event.sequence | 0
    this.#add(at, slab, key, event.emittedAtMs + windowMs, nowMs + windowMs)
    ports.count('held_events', 1)
    if (this.#first === this.#last) this.#plan()
    return 'done'
  }

  #comeback(event: EventView, role: FlapRole, teller: Teller, nowMs: number): Received {
    const { records, ports } = this.#parts
    const leave = this.#byKey?.get(flapKeyOf(event, role))
    if (leave === undefined) {
      return ports.wasSuppressed(event.sequence) ? 'done' : teller.tell(event, 'ring', nowMs)
    }
    if (event.emittedAtMs >= leave.untilMs) {
      const received = this.#tellWhile(() => !leave.isOver, teller, nowMs)
      return received === 'done' ? teller.tell(event, 'ring', nowMs) : received
    }
    ports.suppress(event.sequence)
    records.mark(leave.at, HeldKind.Cancelled)
    ports.count('suppressed_flaps', 2)
    this.#end(leave)
    return 'done'
  }

  /** No room to hold it: it is told at once, behind an earlier leave of the same. */
  #tellUnheld(event: EventView, key: string, teller: Teller, nowMs: number): Received {
    const earlier = this.#byKey?.get(key)
    if (earlier !== undefined && this.#tellWhile(() => !earlier.isOver, teller, nowMs) === 'stalled') return 'stalled'
    const received = teller.tell(event, 'ring', nowMs)
    if (received === 'done') this.#parts.ports.count('flaps_not_held', 1)
    return received
  }

  /** Tells from the front as long as the first one is wanted. A full arena leaves the rest held. */
  #tellWhile(isWanted: (first: Leave) => boolean, teller: Teller, nowMs: number): Received {
    const tell = (event: EventView): Received => teller.tell(event, 'held', nowMs)
    let received: Received = 'done'
    while (received === 'done' && this.#first !== null && isWanted(this.#first)) {
      received = this.#finishFirst(this.#first, tell, nowMs)
    }
    if (received === 'done') this.#plan()
    return received
  }

  #finishFirst(leave: Leave, take: (event: EventView) => Received, nowMs: number): Received {
    const { records, windowMs } = this.#parts
    const event = records.read(leave.at)
    event.emittedAtMs = leave.untilMs - windowMs
    const received = take(event)
    if (received === 'stalled') {
      this.#parts.ports.setRelease(this.#app, nowMs + STALLED_RETRY_MS)
      return received
    }
    records.mark(leave.at, HeldKind.Told)
    this.#end(leave)
    return received
  }

  #end(leave: Leave): void {
    this.#parts.ports.count('held_events', -1)
    this.#finish(leave)
    this.#trim()
  }

  #add(at: HeldAt, slab: SlabId, key: string, untilMs: number, dueMs: number): void {
    const leave: Leave = { at, slab, key, untilMs, dueMs, isOver: false, next: null }
    if (this.#last === null) this.#first = leave
    else this.#last.next = leave
    this.#last = leave
    this.#byKey ??= new Map()
    this.#byKey.set(key, leave)
  }

  #finish(leave: Leave): void {
    leave.isOver = true
    if (this.#byKey?.get(leave.key) === leave) this.#byKey.delete(leave.key)
    if (this.#byKey?.size === 0) this.#byKey = null
  }

  /** Gives back the slabs of which nothing is waiting any more, from the front. */
  #trim(): void {
    while (this.#first?.isOver === true) {
      const { slab, next } = this.#first
      if (next?.slab !== slab) this.#releaseSlab(slab)
      this.#first = next
      if (next === null) this.#last = null
    }
  }

  #slabFor(event: EventView): SlabId | null {
    const { records } = this.#parts
    if (this.#last !== null && records.fits(this.#last.slab, event)) return this.#last.slab
    const slab = records.open(this.#app, event, this.#bytes)
    if (slab !== null) this.#bytes += records.slabBytes(slab)
    return slab
  }

  #releaseSlab(slab: SlabId): void {
    this.#bytes -= this.#parts.records.slabBytes(slab)
    this.#parts.records.release(slab)
  }

  #plan(): void {
    this.#parts.ports.setRelease(this.#app, this.#first?.dueMs ?? Number.POSITIVE_INFINITY)
  }
}
