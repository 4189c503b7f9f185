import type { ActorMessage } from '../actor/app-actor.js'
import type { Received } from '../actor/received.js'
import { EMPTY, type RingConsumer } from '../ring/consumer.js'
import { EVENT_TYPES } from '../ring/event-types.js'
import { EventView } from '../ring/event-view.js'
import { Control } from '../ring/layout.js'
import { RecordKind, Word } from '../ring/record.js'
import { Counter } from '../stats/layout.js'
import { MAX_FAILURES } from './actor-supervisor.js'
import type { Gather } from './gather.js'
import type { Markers } from './markers.js'
import type { Quarantine } from './quarantine.js'

/** The parts that records go to. */
type Takers = Pick<Gather, 'actors' | 'apps' | 'counters' | 'emission' | 'outlet' | 'reserve'>

/** What has become of the ring's first record. `waits`: it is still there, for a call, its app, or room. */
export type Taken = 'taken' | 'waits' | 'empty'

/**
 * Takes the records of a ring, one after the other: gives events to their apps, or sets them aside where the arena has no room, and
 * markers to their calls.
 */
export class Intake {
  readonly #gather: Takers
  readonly #ring: RingConsumer
  readonly #markers: Markers
  readonly #quarantine: Quarantine
  readonly #event: EventView
  readonly #message: ActorMessage & { readonly kind: 'event' }
  /** Whether the record may be one that a former thread has set aside and not given back. */
  #isFirst = true

  constructor(gather: Takers, ring: RingConsumer, markers: Markers, quarantine: Quarantine) {
    const { bytes, words, doubles } = ring.memory
    this.#gather = gather
    this.#ring = ring
    this.#markers = markers
    this.#quarantine = quarantine
    this.#event = new EventView(bytes, words, doubles)
    this.#message = { kind: 'event', event: this.#event }
  }

  /** Gives back the record that a former thread has set aside last. Call before any event that was set aside is handled. */
  begin(): void {
    if (!this.#isFirst) return
    this.#isFirst = false
    const offset = this.#ring.peek()
    if (offset === EMPTY || this.#kindAt(offset) !== RecordKind.Event) return
    if (this.#gather.reserve.has(this.#event.read(offset))) this.#consume(offset)
  }

  /** Takes the next record, if it need not wait. */
  next(nowMs: number): Taken {
    const offset = this.#ring.peek()
    if (offset === EMPTY) return 'empty'
    const isMarker = this.#kindAt(offset) === RecordKind.Marker
    const isTaken = isMarker ? this.#reachMarker(offset) : this.#take(offset, nowMs)
    if (!isTaken) return 'waits'
    if (isMarker) this.#ring.consume(offset)
    else this.#consume(offset)
    return 'taken'
  }

  #kindAt(offset: number): number {
    return (this.#ring.memory.words[(offset >>> 2) + Word.Kind] ?? 0) & 0xff
  }

  #consume(offset: number): void {
    this.#ring.consume(offset)
    this.#gather.counters.add(Counter.consumed, 1)
  }

  #reachMarker(offset: number): boolean {
    return this.#markers.reach(this.#ring.memory.words[(offset >>> 2) + Word.Subject] ?? 0)
  }

  #take(offset: number, nowMs: number): boolean {
    const { apps, reserve, emission } = this.#gather
    const event = this.#event.read(offset)
    if (event.type >= EVENT_TYPES.length) throw new RangeError(`record at ${offset} has the unknown type ${event.type}`)
    if (!apps.knows(event.app)) return false
    event.emittedAtMs = emission.emittedAtMs(event, nowMs)
    const isTaken = !reserve.holds(event.app) && this.#tell(event, nowMs) === 'done'
    return this.#noteRoom(isTaken || reserve.add(event, this.#quarantine.isSuspect() ? MAX_FAILURES : 0))
  }

  /** A full arena first costs the dead letters. */
  #tell(event: EventView, nowMs: number): Received {
    let received = this.#tellOnce(event, nowMs)
    while (received === 'stalled' && this.#gather.outlet.makeRoom()) received = this.#tellOnce(event, nowMs)
    return received
  }

  #tellOnce(event: EventView, nowMs: number): Received {
    if (this.#quarantine.isSuspect()) return this.#quarantine.take(event, nowMs)
    return this.#gather.actors.receive(event.app, this.#message, nowMs)
  }

  #noteRoom(hasRoom: boolean): boolean {
    const { control } = this.#ring.memory
    const isFull = hasRoom ? 0 : 1
    if ((control[Control.ArenaFull] ?? 0) !== isFull) Atomics.store(control, Control.ArenaFull, isFull)
    return hasRoom
  }
}
