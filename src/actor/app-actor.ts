import type { AppIndex, EndpointNumber } from '../indexes.js'
import type { EventView } from '../ring/event-view.js'
import type { EndpointBuffer, EventSource } from './endpoint-buffer.js'
import type { Flaps, Teller } from './flaps.js'
import type { Received } from './received.js'

/** What an app's actor is told. The event is a view of its record, good until `receive` returns. */
export type ActorMessage =
  | { readonly kind: 'event'; readonly event: EventView }
  | { readonly kind: 'deadline'; readonly endpoint: EndpointNumber; readonly generation: number }
  /** The endpoint's courier has room again. */
  | { readonly kind: 'settled'; readonly endpoint: EndpointNumber }
  | { readonly kind: 'configure'; readonly buffers: readonly EndpointBuffer[] }
  /** The time of some held leave is up. */
  | { readonly kind: 'release' }
  /** Tells what is held and seals all batches now, however young. */
  /** Seals what there is, and tells what is held back. */
  | { readonly kind: 'flush' }
  /** Seals what there is. */
  | { readonly kind: 'seal' }

/**
 * One app: decides for each event which endpoints get it and when their batches leave. Synchronous, without I/O and without
 * a clock; what it causes goes through the ports of its endpoint buffers.
 */
export class AppActor implements Teller {
  /** Whether it has received anything since somebody set this to false. */
  isUsed = true
  #first: EndpointBuffer | null

  #buffers: readonly EndpointBuffer[]
  readonly #flaps: Flaps | null

  constructor(
    readonly app: AppIndex,
    buffers: readonly EndpointBuffer[],
    /** null: leaves are told at once. */
    flaps: Flaps | null,
  ) {
    this.#buffers = buffers
    this.#flaps = flaps
    this.#first = linked(buffers)
  }

  /** Whether it has nothing in the arena: one that is created again would do the same from now on. */
  get isAtRest(): boolean {
    return this.#buffers.every((buffer) => buffer.isEmpty) && (this.#flaps?.isEmpty ?? true)
  }

  receive(message: ActorMessage, nowMs: number): Received {
    this.isUsed = true
    switch (message.kind) {
      case 'event':
        if (this.#flaps !== null) return this.#flaps.receive(message.event, this, nowMs)
        return this.tell(message.event, 'ring', nowMs)
      case 'deadline':
        this.#buffer(message.endpoint)?.deadline(message.generation, nowMs)
        return 'done'
      case 'settled':
        this.#buffer(message.endpoint)?.sealIfDue(nowMs)
        return 'done'
      case 'configure':
        return this.#configure(message.buffers, nowMs)
      case 'release':
        return this.#flaps?.release(this, nowMs) ?? 'done'
      case 'seal':
        for (const buffer of this.#buffers) buffer.flush(nowMs)
        return 'done'
      case 'flush': {
        const received = this.#flaps?.releaseAll(this, nowMs) ?? 'done'
        for (const buffer of this.#buffers) buffer.flush(nowMs)
        return received
      }
    }
  }

  /** Appends the event for every endpoint that wants it and has not got it yet: for all of them or, when stalled, for none. */
  tell(event: EventView, source: EventSource, nowMs: number): Received {
    const first = this.#first
    for (let buffer = first; buffer !== null; buffer = buffer.next) buffer.consider(event, source)
    for (let buffer = first; buffer !== null; buffer = buffer.next) {
      if (buffer.isWanting && !buffer.reserve(event, nowMs)) return 'stalled'
    }
    for (let buffer = first; buffer !== null; buffer = buffer.next) {
      if (buffer.isWanting) buffer.append(event, source, nowMs)
    }
    return 'done'
  }

  /** Takes the held event that is told next out, if `take` can have it. @returns null when nothing is held */
  giveUpHeld(take: (event: EventView) => Received, nowMs: number): Received | null {
    return this.#flaps?.giveUpFirst(take, nowMs) ?? null
  }

  wantsAny(types: number, event: EventView): boolean {
    return this.#buffers.some((buffer) => buffer.subscription.wantsAny(types, event))
  }

  /** What is held is for the endpoints there were: before one of them goes, everything is told. */
  #configure(buffers: readonly EndpointBuffer[], nowMs: number): Received {
    const removed = this.#buffers.filter((buffer) => !buffers.includes(buffer))
    if (removed.length > 0 && this.#flaps?.releaseAll(this, nowMs) === 'stalled') return 'stalled'
    for (const buffer of removed) buffer.flush(nowMs)
    this.#buffers = buffers
    this.#first = linked(buffers)
    return 'done'
  }

  #buffer(endpoint: EndpointNumber): EndpointBuffer | null {
    let buffer = this.#first
    while (buffer !== null && buffer.number !== endpoint) buffer = buffer.next
    return buffer
  }
}

/** Has each one lead to the next. @returns the first */
function linked(buffers: readonly EndpointBuffer[]): EndpointBuffer | null {
  return buffers.reduceRight<EndpointBuffer | null>((next, buffer) => {
    buffer.next = next
    return buffer
  }, null)
}
