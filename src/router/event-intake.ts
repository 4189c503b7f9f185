import type { EventName } from '../config/event-names.js'
import { CUSTOM, EVENT_TYPES, type EventType, eventTypeOf } from '../ring/event-types.js'
import type { AppEntry } from './app-entry.js'
import type { EmitterPort } from './emitter.js'
import { isCount, textOfId, wellFormedJson } from './event-values.js'

/** Any event, as the host gives it. Members beside the known ones are sent along. */
export interface EmitEvent {
  /** What has happened, such as `member_added`. */
  readonly name: EventName
  /** Where it has happened; the events of Pusher must have it. */
  readonly channel?: string | null | undefined
  /** The own name of a client event, such as `client-typing`. */
  readonly event?: string | null | undefined
  /** A string goes out as it is; anything else is serialised once. */
  readonly data?: unknown
  /** The connection that sent a client event. */
  readonly socket_id?: string | null | undefined
  /** Finite numbers and bigints become strings. */
  readonly user_id?: string | number | bigint | null | undefined
  /** Unix time in ms; the time of the call where it is left out. */
  readonly time_ms?: number | null | undefined
  readonly [further: string]: unknown
}

/** A client event's members, of whatever type. */
interface ClientEventFields {
  readonly channel?: unknown
  readonly event?: unknown
  readonly data?: unknown
  readonly socket_id?: unknown
  readonly user_id?: unknown
}

/** Takes note of an event that is refused for what it says. */
export type Refuse = (app: string | null, field: string, expected: string, got: unknown) => void

/** Fields that an event must have beside its name, a bit each. */
const Needs = { Channel: 1, Event: 2, UserId: 4, Count: 8 } as const

const NEEDED_BY_NAME: Readonly<Partial<Record<(typeof EVENT_TYPES)[number], number>>> = {
  channel_occupied: Needs.Channel,
  channel_vacated: Needs.Channel,
  member_added: Needs.Channel | Needs.UserId,
  member_removed: Needs.Channel | Needs.UserId,
  client_event: Needs.Channel | Needs.Event,
  cache_miss: Needs.Channel,
  subscription_count: Needs.Channel | Needs.Count,
}

/** By event type. */
const NEEDED: readonly number[] = EVENT_TYPES.map((name) => NEEDED_BY_NAME[name] ?? 0)

const CLIENT_EVENT = EVENT_TYPES.indexOf('client_event')
const CACHE_MISS = EVENT_TYPES.indexOf('cache_miss')
/** What a cache miss carries as `data`, as Sockudo's do. */
export const CACHE_MISS_DATA = '{}'

/** What a user's id may be, as a noun. */
export const USER_ID = 'a string, a finite number or a bigint'
/** The wire has 13 digits for a time. */
const TIMES_END_MS = 1e13

/** Why an event cannot be sent. Made only for one that is refused. */
class Invalid {
  constructor(
    readonly field: string,
    readonly expected: string,
    readonly got: unknown,
  ) {}
}

/**
 * Reads events that are given as objects, checks that receivers can take them, and emits them. Never throws, whatever it is given:
 * what cannot be read is refused. Reading allocates nothing for strings (guarded by the benchmark `emit`).
 */
export class EventIntake {
  readonly #emitter: EmitterPort
  readonly #refuse: Refuse

  constructor(emitter: EmitterPort, refuse: Refuse) {
    this.#emitter = emitter
    this.#refuse = refuse
  }

  /** @returns false when it was refused */
  emit(entry: AppEntry, event: EmitEvent): boolean {
    let type: EventType = CUSTOM
    let timeMs: number | undefined
    let name: string
    let channel: string | undefined
    let eventName: string | undefined
    let data: string | undefined
    let socketId: string | undefined
    let userId: string | undefined
    let extra: string | undefined
    try {
      name = nameOf(event)
      type = eventTypeOf(name)
      timeMs = timeOf(event.time_ms)
      channel = optionalText(event.channel, 'channel')
      eventName = optionalText(event.event, 'event')
      data = serialised(event.data)
      socketId = optionalText(event.socket_id, 'socket_id')
      userId = optionalId(event.user_id)
      extra = furtherMembers(event)
      if (type !== CUSTOM) checkNeeds(NEEDED[type] ?? 0, channel, eventName, userId, event)
      if (type === CACHE_MISS) data ??= CACHE_MISS_DATA
    } catch (reason) {
      return this.refuseFor(entry, reason)
    }
    const draft = this.#emitter.draft.begin()
    if (type === CUSTOM) draft.name = name
    draft.timeMs = timeMs
    draft.channel = channel
    draft.event = eventName
    draft.data = data
    draft.socketId = socketId
    draft.userId = userId
    draft.extra = extra
    return this.#emitter.emit(entry, type, draft)
  }

  /** Emits a client event; members beside the known ones are not sent. @returns false when it was refused */
  clientEvent(entry: AppEntry, event: ClientEventFields): boolean {
    let channel: string | undefined
    let eventName: string | undefined
    let data: string | undefined
    let socketId: string | undefined
    let userId: string | undefined
    try {
      if (typeof event !== 'object' || event === null) throw new Invalid('event', 'an object', event)
      channel = optionalText(event.channel, 'channel')
      eventName = optionalText(event.event, 'event')
      data = serialised(event.data)
      socketId = optionalText(event.socket_id, 'socket_id')
      userId = optionalId(event.user_id)
      checkNeeds(NEEDED[CLIENT_EVENT] ?? 0, channel, eventName, userId, event)
    } catch (reason) {
      return this.refuseFor(entry, reason)
    }
    const draft = this.#emitter.draft.begin()
    draft.channel = channel
    draft.event = eventName
    draft.data = data
    draft.socketId = socketId
    draft.userId = userId
    return this.#emitter.emit(entry, CLIENT_EVENT, draft)
  }

  /** Refuses an event for the value of a field. @returns false */
  refuse(entry: AppEntry | null, field: string, expected: string, got: unknown): false {
    this.#refuse(entry?.config.id ?? null, field, expected, got)
    return false
  }

  /** Refuses an event whose reading has thrown this. @returns false */
  refuseFor(entry: AppEntry, reason: unknown): false {
    if (reason instanceof Invalid) return this.refuse(entry, reason.field, reason.expected, reason.got)
    return this.refuse(entry, 'event', 'an object whose members can be read', undefined)
  }
}

/** The text of `data`: a string on the wire, always, because Pusher's libraries reject a webhook in which it is not. */
function serialised(data: unknown): string | undefined {
  if (typeof data === 'string') return data
  return data === undefined || data === null ? undefined : json(data, 'data')
}

function nameOf(event: EmitEvent | null | undefined): string {
  if (typeof event !== 'object' || event === null) throw new Invalid('event', 'an object', event)
  const { name } = event
  if (typeof name !== 'string' || name === '') throw new Invalid('name', 'a string that is not empty', name)
  return name
}

function timeOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && value >= 0 && value < TIMES_END_MS) return Math.floor(value)
  throw new Invalid('time_ms', 'Unix time in ms', value)
}

function optionalText(value: unknown, field: string): string | undefined {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return undefined
  throw new Invalid(field, 'a string', value)
}

function optionalId(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return undefined
  const text = textOfId(value)
  if (text === undefined) throw new Invalid('user_id', USER_ID, value)
  return text
}

/** A receiver refuses the whole batch for one event that lacks what its type has. */
function checkNeeds(
  needs: number,
  channel: string | undefined,
  eventName: string | undefined,
  userId: string | undefined,
  event: ClientEventFields & { readonly subscription_count?: unknown },
): void {
  if (channel === undefined) throw new Invalid('channel', 'a string', event.channel)
  if ((needs & Needs.Event) !== 0 && eventName === undefined) throw new Invalid('event', 'a string', event.event)
  if ((needs & Needs.UserId) !== 0 && userId === undefined) throw new Invalid('user_id', USER_ID, event.user_id)
  if ((needs & Needs.Count) !== 0 && !isCount(event.subscription_count)) {
    throw new Invalid('subscription_count', 'a finite number', event.subscription_count)
  }
}

/** The members beside the known ones, as JSON. */
function furtherMembers(event: EmitEvent): string | undefined {
  let members: string | undefined
  for (const key in event) {
    switch (key) {
      case 'name':
      case 'channel':
      case 'event':
      case 'data':
      case 'socket_id':
      case 'user_id':
      case 'time_ms':
        break
      default: {
        const value = event[key]
        if (value === undefined) break
        members = `${members ?? ''},${wellFormedJson(key)}:${json(value, key)}`
      }
    }
  }
  return members
}

function json(value: unknown, field: string): string {
  let encoded: string | undefined
  try {
    encoded = wellFormedJson(value)
  } catch {
    throw new Invalid(field, 'something that JSON can say', value)
  }
  if (encoded === undefined) throw new Invalid(field, 'something that JSON can say', value)
  return encoded
}
