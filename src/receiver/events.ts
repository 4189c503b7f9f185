interface EventBase {
  /** When the event was emitted, Unix time in ms. */
  readonly time_ms?: number
}

export interface ChannelOccupiedEvent extends EventBase {
  readonly name: 'channel_occupied'
  readonly channel: string
}

export interface ChannelVacatedEvent extends EventBase {
  readonly name: 'channel_vacated'
  readonly channel: string
}

export interface MemberAddedEvent extends EventBase {
  readonly name: 'member_added'
  readonly channel: string
  readonly user_id: string
}

export interface MemberRemovedEvent extends EventBase {
  readonly name: 'member_removed'
  readonly channel: string
  readonly user_id: string
}

export interface ClientEvent extends EventBase {
  readonly name: 'client_event'
  readonly channel: string
  /** The event's own name, such as `client-typing`. */
  readonly event: string
  /** As the client sent it: JSON more often than not. */
  readonly data?: string
  readonly socket_id?: string
  /** Who sent it, on presence channels. */
  readonly user_id?: string
}

export interface CacheMissEvent extends EventBase {
  readonly name: 'cache_miss'
  readonly channel: string
}

export interface SubscriptionCountEvent extends EventBase {
  readonly name: 'subscription_count'
  readonly channel: string
  readonly subscription_count: number
}

export type StandardEvent =
  | ChannelOccupiedEvent
  | ChannelVacatedEvent
  | MemberAddedEvent
  | MemberRemovedEvent
  | ClientEvent
  | CacheMissEvent
  | SubscriptionCountEvent

export type StandardEventName = StandardEvent['name']

/**
 * Some other name. To the compiler a unit type that is a string, because only unit types narrow a union: comparing `name`
 * with a standard name leaves that one event.
 */
export declare enum OtherEventName {
  /** Stands for every other name; no name is equal to it. */
  other = '',
}

/** An event that Pusher's protocol does not define. */
export interface OtherEvent {
  readonly name: OtherEventName
  readonly [field: string]: unknown
}

/** One event, told apart by `name`. */
export type WebhookEvent = StandardEvent | OtherEvent

type FieldType = 'string' | 'number' | 'string?' | 'number?'
type FieldTypes<E> = { readonly [F in Exclude<keyof E, 'name'>]-?: FieldType }

const standardFields: { readonly [N in StandardEventName]: FieldTypes<Extract<StandardEvent, { name: N }>> } = {
  channel_occupied: { channel: 'string', time_ms: 'number?' },
  channel_vacated: { channel: 'string', time_ms: 'number?' },
  member_added: { channel: 'string', user_id: 'string', time_ms: 'number?' },
  member_removed: { channel: 'string', user_id: 'string', time_ms: 'number?' },
  client_event: {
    channel: 'string',
    event: 'string',
    data: 'string?',
    socket_id: 'string?',
    user_id: 'string?',
    time_ms: 'number?',
  },
  cache_miss: { channel: 'string', time_ms: 'number?' },
  subscription_count: { channel: 'string', subscription_count: 'number', time_ms: 'number?' },
}

const fieldsByName = new Map<string, Readonly<Record<string, FieldType>>>(Object.entries(standardFields))

/** What keeps `value` from being a `WebhookEvent`, such as `user_id is not a string`; null: it is one. */
export function eventProblem(value: Readonly<Record<string, unknown>>): string | null {
  if (typeof value.name !== 'string') return 'name is not a string'
  for (const [field, type] of Object.entries(fieldsByName.get(value.name) ?? {})) {
    const actual = value[field]
    if (type.endsWith('?') && actual === undefined) continue
    const expected = type.replace('?', '')
    if (typeof actual !== expected) return `${field} of ${value.name} is not a ${expected}`
  }
  return null
}
