import type { Received } from '../actor/received.js'
import type { RingConsumer } from '../ring/consumer.js'
import type { EventView } from '../ring/event-view.js'
import { Control } from '../ring/layout.js'
import { type ActorSupervisor, MAX_FAILURES } from './actor-supervisor.js'

/**
 * Keeps a record that ends the whole thread from ending every thread: it is known by its position, which stands in shared
 * memory. At the third death it becomes a dead letter of every endpoint that subscribes to its type.
 */
export class Quarantine {
  readonly #control: Int32Array

  readonly #actors: ActorSupervisor
  readonly #ring: RingConsumer

  constructor(actors: ActorSupervisor, ring: RingConsumer) {
    this.#actors = actors
    this.#ring = ring
    this.#control = ring.memory.control
  }

  /**
   * Notes at which record the former thread died, if it was at one: a record that only waits, or has not been looked at, is
   * not to blame. Call once, when a thread takes over.
   */
  countDeath(): void {
    const control = this.#control
    if (Atomics.exchange(control, Control.Processing, 0) === 0) return
    const position = this.#ring.position
    const isSame = Atomics.load(control, Control.SuspectPosition) === position
    Atomics.store(control, Control.SuspectCount, isSame ? Atomics.load(control, Control.SuspectCount) + 1 : 1)
    Atomics.store(control, Control.SuspectPosition, position)
  }

  /** Whether this record has killed its thread too often. */
  isSuspect(): boolean {
    const control = this.#control
    return (
      (control[Control.SuspectCount] ?? 0) >= MAX_FAILURES && control[Control.SuspectPosition] === this.#ring.position
    )
  }

  /** Makes the record a dead letter. */
  take(event: EventView, nowMs: number): Received {
    const error = `its shard's thread died ${MAX_FAILURES} times at this event`
    const received = this.#actors.quarantine(event, 'ring', error, nowMs)
    if (received === 'done') Atomics.store(this.#control, Control.SuspectCount, 0)
    return received
  }
}
