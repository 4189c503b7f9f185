import { InvalidEventError } from './errors.js'
import { CUSTOM, EVENT_TYPES, type EventType, eventTypeOf } from './ring/event-types.js'
import type { AppEntry } from './router/app-entry.js'
import type { Emitter } from './router/emitter.js'

/** What a client event says. */
export interface ClientEvent {
  readonly channel: string
  readonly event: string
  /** A string goes out as it is; anything else is serialised once. */
  readonly data?: unknown
  readonly socket_id?: string
  readonly user_id?: string
}

/** Any event. Members beside the known ones are sent along. */
export interface EmitEvent {
  readonly name: string
  readonly channel?: string
  readonly event?: string
  /** A string goes out as it is; anything else is serialised once. */
  readonly data?: unknown
  readonly socket_id?: string
  readonly user_id?: string
  readonly [further: string]: unknown
}

const typeNamed = (name: (typeof EVENT_TYPES)[number]): EventType => EVENT_TYPES.indexOf(name)
const CHANNEL_OCCUPIED = typeNamed('channel_occupied')
const CHANNEL_VACATED = typeNamed('channel_vacated')
const MEMBER_ADDED = typeNamed('member_added')
const MEMBER_REMOVED = typeNamed('member_removed')
const CLIENT_EVENT = typeNamed('client_event')
const CACHE_MISS = typeNamed('cache_miss')
const SUBSCRIPTION_COUNT = typeNamed('subscription_count')

const KNOWN = new Set(['name', 'channel', 'event', 'data', 'socket_id', 'user_id', 'time_ms'])

/**
 * One app, as the host keeps it: cheap, and good for as long as the dispatcher.
 *
 * Every method returns true when the event was accepted (or no webhook subscribes to it) and false when it was refused:
 * the reason is counted in `stats()`, and `'drain'` tells when there is room again. None waits.
 * @throws InvalidEventError from any of them when a value is of the wrong kind; nothing is emitted then
 */
export class AppHandle {
  constructor(
    private readonly resolve: (id: string) => AppEntry | undefined,
    private entry: AppEntry,
    private readonly emitter: Emitter,
  ) {}

  get id(): string {
    return this.entry.config.id
  }

  /** The channel has its first subscriber. */
  channelOccupied(channel: string): boolean {
    return this.write(CHANNEL_OCCUPIED, channel, undefined, undefined)
  }

  /** The channel has lost its last subscriber. */
  channelVacated(channel: string): boolean {
    return this.write(CHANNEL_VACATED, channel, undefined, undefined)
  }

  /** A user has joined a presence channel. */
  memberAdded(channel: string, userId: string): boolean {
    return this.write(MEMBER_ADDED, channel, this.text(userId, 'user_id'), undefined)
  }

  /** A user has left a presence channel. */
  memberRemoved(channel: string, userId: string): boolean {
    return this.write(MEMBER_REMOVED, channel, this.text(userId, 'user_id'), undefined)
  }

  /** A client has sent an event on a channel. */
  clientEvent({ channel, event, data, socket_id, user_id }: ClientEvent): boolean {
    return this.emitter.emit(
      this.current(),
      CLIENT_EVENT,
      undefined,
      undefined,
      this.text(channel, 'channel'),
      this.text(event, 'event'),
      this.serialised(data),
      this.optionalText(socket_id, 'socket_id'),
      this.optionalText(user_id, 'user_id'),
      undefined,
    )
  }

  /** A client has subscribed to a cache channel that has nothing in its cache. */
  cacheMiss(channel: string): boolean {
    return this.write(CACHE_MISS, channel, undefined, undefined)
  }

  /** The number of a channel's subscribers has changed. */
  subscriptionCount(channel: string, count: number): boolean {
    if (!Number.isFinite(count)) throw this.invalid('subscription_count', 'a finite number', count)
    return this.write(SUBSCRIPTION_COUNT, channel, undefined, `,"subscription_count":${count}`)
  }

  /** Any event, by its name. `time_ms` replaces the time of the call. */
  emit(event: EmitEvent): boolean {
    const name = this.text(event.name, 'name')
    if (name === '') throw this.invalid('name', 'a name', name)
    const type = eventTypeOf(name)
    return this.emitter.emit(
      this.current(),
      type,
      this.timeOf(event.time_ms),
      type === CUSTOM ? name : undefined,
      this.optionalText(event.channel, 'channel'),
      this.optionalText(event.event, 'event'),
      this.serialised(event.data),
      this.optionalText(event.socket_id, 'socket_id'),
      this.optionalText(event.user_id, 'user_id'),
      this.furtherMembers(event),
    )
  }

  private write(type: EventType, channel: string, userId: string | undefined, extra: string | undefined): boolean {
    return this.emitter.emit(
      this.current(),
      type,
      undefined,
      undefined,
      this.text(channel, 'channel'),
      undefined,
      undefined,
      undefined,
      userId,
      extra,
    )
  }

  /** An app that was deleted and added again is another entry under the same id. */
  private current(): AppEntry {
    if (this.entry.refusal === 'refused_unknown_app') this.entry = this.resolve(this.id) ?? this.entry
    return this.entry
  }

  private text(value: unknown, field: string): string {
    if (typeof value === 'string') return value
    throw this.invalid(field, 'a string', value)
  }

  private optionalText(value: unknown, field: string): string | undefined {
    return value === undefined || value === null ? undefined : this.text(value, field)
  }

  /** `data` is a string on the wire, always: Pusher's libraries reject a webhook in which it is not. */
  private serialised(data: unknown): string | undefined {
    if (typeof data === 'string') return data
    return data === undefined || data === null ? undefined : this.json(data, 'data')
  }

  private furtherMembers(event: EmitEvent): string | undefined {
    let members = ''
    for (const key in event) {
      if (KNOWN.has(key) || event[key] === undefined) continue
      members += `,${JSON.stringify(key)}:${this.json(event[key], key)}`
    }
    return members === '' ? undefined : members
  }

  private json(value: unknown, field: string): string {
    try {
      const encoded = JSON.stringify(value)
      if (encoded !== undefined) return encoded
    } catch (cause) {
      this.emitter.refuseInvalid()
      throw new InvalidEventError(`${field} cannot be written as JSON: ${String(cause)}`, { cause })
    }
    throw this.invalid(field, 'something that JSON can say', value)
  }

  /** The wire has 13 digits for it: the years 2001 to 2286. */
  private timeOf(value: unknown): number | undefined {
    if (value === undefined || value === null) return undefined
    if (typeof value === 'number' && value >= 1e12 && value < 1e13) return Math.floor(value)
    throw this.invalid('time_ms', 'Unix time in ms', value)
  }

  private invalid(field: string, expected: string, value: unknown): InvalidEventError {
    this.emitter.refuseInvalid()
    const got = typeof value === 'string' ? JSON.stringify(value) : value === null ? 'null' : typeof value
    return new InvalidEventError(`${field} of an event must be ${expected}, not ${got}`)
  }
}
