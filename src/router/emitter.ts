import { EventDraft, type EventTexts } from '../ring/event-draft.js'
import { CUSTOM, EVENT_TYPES, type EventType } from '../ring/event-types.js'
import { WriteResult, writeEvent } from '../ring/event-writer.js'
import { APP_FULL, Control } from '../ring/layout.js'
import { Field } from '../ring/record.js'
import { HostCounter, type HostMetric } from '../stats/layout.js'
import type { AppEntry } from './app-entry.js'
import { CoarseClock } from './coarse-clock.js'
import { DeferredPublishing } from './deferred-publishing.js'
import type { Link } from './link.js'
import { Turn } from './turn.js'

/** Every byte of a string may take six as JSON. */
const WORST_ESCAPE = 6
/** All of a request that is not an event's fields, at its longest, in bytes. */
const FIXED_BYTES = 256

/** What the emitter needs from the dispatcher. */
export interface EmitterHost {
  /** Puts the app on a shard, at its first event. */
  place(entry: AppEntry): Link
  /** Counts a refusal for which no shard can be blamed. */
  refuse(cause: HostMetric): void
}

/** What takes events whose values have been checked. */
export type EmitterPort = Pick<Emitter, 'draft' | 'emit'>

/**
 * The hot path: from a method of an app's handle to a record in a ring. It never waits, never throws and allocates
 * no object (guarded by the benchmark `emit`).
 */
export class Emitter {
  /** For its callers to fill. */
  readonly draft = new EventDraft()
  /** Why nothing is taken at all; null: it is. */
  #refusal: 'refused_closed' | 'refused_disabled' | 'refused_queue_down' | null = null
  /** Fields up to this long fit into a request however they are escaped. */
  readonly #surelyFits: number
  readonly #turn = new Turn()
  readonly #clock = new CoarseClock(this.#turn)
  readonly #deferred = new DeferredPublishing(this.#turn)

  readonly #host: EmitterHost
  readonly #maxBytes: number

  constructor(host: EmitterHost, maxBytes: number) {
    this.#host = host
    this.#maxBytes = maxBytes
    this.#surelyFits = Math.floor((maxBytes - FIXED_BYTES) / WORST_ESCAPE)
  }

  close(): void {
    this.#refusal = 'refused_closed'
  }

  /** The store is down and `queue.on_failure` is `refuse`, or it is back. @returns whether that has changed what is taken */
  refuseQueueDown(isDown: boolean): boolean {
    const before = this.#refusal
    if (before === null && isDown) this.#refusal = 'refused_queue_down'
    else if (before === 'refused_queue_down' && !isDown) this.#refusal = null
    return this.#refusal !== before
  }

  /** `webhooks.enabled` is false. */
  disable(): void {
    this.#refusal = 'refused_disabled'
  }

  /**
   * @param draft its values are written before this returns
   * @returns true: accepted, or nobody subscribes to it; false: refused, and counted by cause
   */
  emit(entry: AppEntry, type: EventType, draft: EventDraft): boolean {
    const { timeMs, name } = draft
    const refusal = this.#refusal ?? entry.refusal
    if (refusal !== null) return this.#refuse(refusal)
    if (!isInterested(entry, type, name)) return this.#skip(entry)
    const link = entry.link ?? this.#host.place(entry)
    if (link.isDown) return this.#refuseDown(link)
    if ((link.blocked(entry.index) & ((1 << type) | APP_FULL)) !== 0) return this.#refuseBlocked(link, entry)
    if (!link.isOpen) return this.#refuseFull(link)
    if (!this.#fits(name ?? EVENT_TYPES[type] ?? '', draft)) return this.#refuseAt(link, 'refused_too_large')
    const atMs = timeMs ?? this.#clock.now()
    const result = writeEvent(link.producer, entry.index, type, atMs, draft, flagsOf(timeMs))
    if (result === WriteResult.Written) {
      link.count(HostCounter.accepted)
      if (this.#turn.isEndAwaited) this.#deferred.add(link.producer)
      else link.producer.publish()
      return true
    }
    return result === WriteResult.Full ? this.#refuseFull(link) : this.#refuseAt(link, 'refused_too_large')
  }

  /** Whether a request can hold the event. Only large ones are measured. */
  #fits(name: string, draft: EventTexts): boolean {
    const { channel = '', event = '', data = '', socketId = '', userId = '', extra = '' } = draft
    const units =
      name.length + channel.length + event.length + data.length + socketId.length + userId.length + extra.length
    if (units <= this.#surelyFits) return true
    const escaped = [name, channel, event, data, socketId, userId].reduce((sum, field) => sum + jsonBytes(field), 0)
    return escaped + Buffer.byteLength(extra) + FIXED_BYTES <= this.#maxBytes
  }

  #skip(entry: AppEntry): boolean {
    if (entry.link === null) this.#host.refuse('uninterested')
    else entry.link.count(HostCounter.uninterested)
    return true
  }

  #refuse(cause: HostMetric): boolean {
    this.#host.refuse(cause)
    return false
  }

  #refuseAt(link: Link, cause: HostMetric): boolean {
    link.count(HostCounter[cause])
    return false
  }

  #refuseDown(link: Link): boolean {
    link.refusals.shardDown()
    return this.#refuseAt(link, 'refused_shard_down')
  }

  #refuseBlocked(link: Link, entry: AppEntry): boolean {
    const isAppFull = (link.blocked(entry.index) & APP_FULL) !== 0
    link.refusals.endpointsFull(entry.index)
    return this.#refuseAt(link, isAppFull ? 'refused_app_full' : 'refused_endpoint_full')
  }

  #refuseFull(link: Link): boolean {
    const isArenaFull = Atomics.load(link.producer.memory.control, Control.ArenaFull) === 1
    link.refusals.ringFull()
    return this.#refuseAt(link, isArenaFull ? 'refused_arena_full' : 'refused_ring_full')
  }
}

/** @returns `Field` bits */
function flagsOf(givenTimeMs: number | undefined): number {
  return givenTimeMs === undefined ? 0 : Field.GivenTime
}

function isInterested(entry: AppEntry, type: EventType, name: string | undefined): boolean {
  return (entry.types & (1 << type)) !== 0 && (type !== CUSTOM || entry.names.has(name ?? ''))
}

function jsonBytes(field: string): number {
  return Buffer.byteLength(JSON.stringify(field))
}
