import type { RingConsumer } from '../ring/consumer.js'
import type { EventView } from '../ring/event-view.js'
import { Control } from '../ring/layout.js'
import type { Shard } from './shard.js'

/** Times that a record may fail before it becomes a dead letter. */
const MAX_FAILURES = 3

/**
 * Keeps one bad record from stopping everything. A record at which the actor throws is given to a new actor; one at which
 * the whole thread dies is known by its position, which stands in shared memory. At the third failure it becomes a dead
 * letter of every endpoint that subscribes to its type.
 */
export class Quarantine {
  private suspectSequence: number | null = null
  private failures = 0
  private readonly control: Int32Array

  constructor(
    private readonly shard: Shard,
    private readonly ring: RingConsumer,
  ) {
    this.control = ring.memory.control
  }

  /** Notes at which record the former thread died. Call once, when a thread takes over. */
  countDeath(): void {
    const { control } = this
    const position = this.ring.position
    const isSame = Atomics.load(control, Control.SuspectPosition) === position
    Atomics.store(control, Control.SuspectCount, isSame ? Atomics.load(control, Control.SuspectCount) + 1 : 1)
    Atomics.store(control, Control.SuspectPosition, position)
  }

  /** Whether this record has killed its thread too often. */
  isSuspect(): boolean {
    const { control } = this
    return (
      (control[Control.SuspectCount] ?? 0) >= MAX_FAILURES && control[Control.SuspectPosition] === this.ring.position
    )
  }

  /** The actor threw: restarts it and tries the record again. @returns whether the record is done with */
  actorThrew(message: { readonly kind: 'event'; readonly event: EventView }, error: unknown, nowMs: number): boolean {
    const { event } = message
    this.failures = this.suspectSequence === event.sequence ? this.failures + 1 : 1
    this.suspectSequence = event.sequence
    const quarantined = this.failures >= MAX_FAILURES
    const text = error instanceof Error ? error.message : String(error)
    this.shard.counters.add('actor_restarts', 1)
    this.shard.notices.tell({ kind: 'actor-restart', app: event.app, error: text, quarantined })
    const actor = this.shard.apps.restart(event.app)
    if (quarantined || actor === undefined) return this.bury(event, text, nowMs)
    try {
      return actor.receive(message, nowMs) === 'done'
    } catch (again) {
      return this.actorThrew(message, again, nowMs)
    }
  }

  /** Makes the record a dead letter. @returns whether the arena had room for it */
  take(event: EventView, nowMs: number): boolean {
    return this.bury(event, `its shard's thread died ${MAX_FAILURES} times at this event`, nowMs)
  }

  private bury(event: EventView, error: string, nowMs: number): boolean {
    for (const buffer of this.shard.apps.buffersOf(event.app)) {
      if (!buffer.subscribes(event) || buffer.has(event, 'ring')) continue
      const slab = buffer.isolate(event, Math.floor(nowMs))
      if (slab === null) return false
      const endpoint = this.shard.endpoint(buffer.number)
      this.shard.counters.add('pending_batches', 1)
      this.shard.bury(endpoint, slab, null, 'quarantined', error)
    }
    this.shard.counters.add('quarantined', 1)
    this.suspectSequence = null
    Atomics.store(this.control, Control.SuspectCount, 0)
    return true
  }
}
