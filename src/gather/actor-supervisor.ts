import type { ActorMessage } from '../actor/app-actor.js'
import type { EndpointBuffer, EventSource } from '../actor/endpoint-buffer.js'
import type { Received } from '../actor/received.js'
import type { AppIndex, Sequence } from '../indexes.js'
import type { EventView } from '../ring/event-view.js'
import type { Notices } from '../shard/notices.js'
import { Counter } from '../stats/layout.js'
import type { ShardCounters } from '../stats/shard-counters.js'
import type { Apps } from './apps.js'
import type { Outlet } from './outlet.js'

/** Times that an actor may fail at one message before what it failed at becomes a dead letter. */
export const MAX_FAILURES = 3

/** The failure was not the actor's but of what it called: restarting the actor would hide a batch that nobody has. */
export class PortFailure extends Error {
  constructor(cause: unknown) {
    super(textOf(cause), { cause })
    this.name = 'PortFailure'
  }
}

/**
 * Gives actors their messages, so that the failure of one touches no other. An actor that throws is restarted, with what it
 * had begun in the arena, and told again. At the third failure what it fails at is taken from it and becomes a dead letter:
 *     event              the record, at every endpoint that subscribes to its type
 *     deadline, settled  the endpoint's open batch
 *     release            the held event that is told next; then it goes on with the others
 *     flush              the held events one by one, then the open batches of the endpoints that fail
 *     configure          as flush, where endpoints are removed; the change is in force then
 * So every message is done with after a bounded number of failures. What fails even at that ends the thread: that is for
 * the shard's supervisor to bear or not.
 */
export class ActorSupervisor {
  /** The ring's record that was given up and still waits for room in the arena. */
  #givenUp: { readonly sequence: Sequence; readonly error: string } | null = null

  readonly #apps: Apps
  readonly #outlet: Pick<Outlet, 'giveUp'>
  readonly #counters: ShardCounters
  readonly #notices: Notices

  constructor(apps: Apps, outlet: Pick<Outlet, 'giveUp'>, counters: ShardCounters, notices: Notices) {
    this.#apps = apps
    this.#outlet = outlet
    this.#counters = counters
    this.#notices = notices
  }

  /** @returns `stalled` when the arena is too full: the same message must come again */
  receive(app: AppIndex, message: ActorMessage, nowMs: number): Received {
    if (this.#givenUp !== null && message.kind === 'event' && message.event.sequence === this.#givenUp.sequence) {
      return this.quarantine(message.event, 'ring', this.#givenUp.error, nowMs)
    }
    for (let failures = 1; ; failures++) {
      try {
        return this.#apps.get(app)?.receive(message, nowMs) ?? 'done'
      } catch (error) {
        const outcome = this.#failed(app, message, failures, error, nowMs)
        if (outcome !== 'again') return outcome
      }
    }
  }

  /** Makes an event a dead letter of every endpoint that subscribes to its type. */
  quarantine(event: EventView, source: EventSource, error: string, nowMs: number): Received {
    const apps = this.#apps
    const counters = this.#counters
    for (const buffer of apps.buffersOf(event.app)) {
      if (!buffer.subscription.subscribes(event) || buffer.has(event, source)) continue
      const slab = buffer.isolate(event, source, nowMs)
      if (slab === null) {
        if (source === 'ring') this.#givenUp = { sequence: event.sequence, error }
        return 'stalled'
      }
      this.#outlet.giveUp(buffer.number, slab, 'quarantined', error)
    }
    counters.add(Counter.quarantined, 1)
    if (source === 'ring') this.#givenUp = null
    return 'done'
  }

  /** Restarts the actor; every third time something is given up. */
  #failed(app: AppIndex, message: ActorMessage, failures: number, error: unknown, nowMs: number): Received | 'again' {
    if (error instanceof PortFailure) throw error
    const apps = this.#apps
    const counters = this.#counters
    const notices = this.#notices
    const quarantined = failures % MAX_FAILURES === 0
    counters.add(Counter.actor_restarts, 1)
    notices.tell({ kind: 'actor-restart', app, error: textOf(error), quarantined })
    apps.restart(app)
    return quarantined ? this.#giveUp(app, message, error, nowMs) : 'again'
  }

  #giveUp(app: AppIndex, message: ActorMessage, error: unknown, nowMs: number): Received | 'again' {
    const buffers = this.#apps.buffersOf(app)
    const text = textOf(error)
    switch (message.kind) {
      case 'event':
        return this.quarantine(message.event, 'ring', text, nowMs)
      case 'deadline':
      case 'settled':
        for (const buffer of buffers) if (buffer.number === message.endpoint) this.#abandon(buffer, text, nowMs)
        return 'done'
      case 'release':
        return this.#giveUpHeld(app, text, nowMs) ?? 'done'
      case 'flush':
        return this.#giveUpHeld(app, text, nowMs) ?? this.#flushEach(buffers, nowMs)
      case 'seal':
        return this.#flushEach(buffers, nowMs)
      case 'configure':
        return this.#giveUpRemoved(app, message.buffers, text, nowMs)
    }
  }

  /** @returns null: nothing is held */
  #giveUpHeld(app: AppIndex, error: string, nowMs: number): 'again' | 'stalled' | null {
    const take = (event: EventView): Received => this.quarantine(event, 'held', error, nowMs)
    const received = this.#apps.get(app)?.giveUpHeld(take, nowMs) ?? null
    return received === 'done' ? 'again' : received
  }

  /** Puts the change in force for the actor; what it had begun for endpoints that are gone is flushed, or given up. */
  #giveUpRemoved(app: AppIndex, buffers: readonly EndpointBuffer[], error: string, nowMs: number): Received | 'again' {
    const apps = this.#apps
    const removed = apps.buffersOf(app).filter((buffer) => !buffers.includes(buffer))
    const received = removed.length === 0 ? null : this.#giveUpHeld(app, error, nowMs)
    if (received !== null) return received
    this.#flushEach(removed, nowMs)
    apps.rebuild(app, buffers)
    return 'done'
  }

  #flushEach(buffers: readonly EndpointBuffer[], nowMs: number): Received {
    for (const buffer of buffers) {
      try {
        buffer.flush(nowMs)
      } catch (error) {
        if (error instanceof PortFailure) throw error
        this.#abandon(buffer, textOf(error), nowMs)
      }
    }
    return 'done'
  }

  #abandon(buffer: EndpointBuffer, error: string, nowMs: number): void {
    const slab = buffer.giveUp(nowMs)
    if (slab !== null) this.#outlet.giveUp(buffer.number, slab, 'quarantined', error)
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
