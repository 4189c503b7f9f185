import type { RingProducer } from '../ring/producer.js'
import type { Turn } from './turn.js'

/** Events that become visible to a shard together. */
const EVENTS_AT_ONCE = 16

type Producer = Pick<RingProducer, 'unpublished' | 'publish'>

/**
 * Publishes the events of a burst a few at a time: to do it for each is two atomic operations, on memory that the shard's thread
 * looks at, and a tenth of what an event costs the host. What is left is published at the end of the turn, when the host has
 * done what it is at.
 */
export class DeferredPublishing {
  readonly #awaited: Producer[] = []

  constructor(turn: Pick<Turn, 'onEnd'>) {
    turn.onEnd(() => this.#publishAll())
  }

  /** The producer has one more event that is not published. Call it only in a turn whose end is awaited. */
  add(producer: Producer): void {
    if (producer.unpublished >= EVENTS_AT_ONCE) producer.publish()
    else if (producer.unpublished === 1 && !this.#awaited.includes(producer)) this.#awaited.push(producer)
  }

  #publishAll(): void {
    for (const producer of this.#awaited) if (producer.unpublished > 0) producer.publish()
    this.#awaited.length = 0
  }
}
