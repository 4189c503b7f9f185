interface EventBase {
  /** When the event was emitted, Unix time in ms. */
  readonly time_ms?: number
}

/** A channel has its first subscriber. */
export interface ChannelOccupiedEvent extends EventBase {
  /** Tells the event from others. */
  readonly name: 'channel_occupied'
  /** The channel. */
  readonly channel: string
}

/** A channel has lost its last subscriber. */
export interface ChannelVacatedEvent extends EventBase {
  /** Tells the event from others. */
  readonly name: 'channel_vacated'
  /** The channel. */
  readonly channel: string
}

/** A user has joined a presence channel. */
export interface MemberAddedEvent extends EventBase {
  /** Tells the event from others. */
  readonly name: 'member_added'
  /** The presence channel. */
  readonly channel: string
  /** Who has joined. */
  readonly user_id: string
}

/** A user has left a presence channel. */
export interface MemberRemovedEvent extends EventBase {
  /** Tells the event from others. */
  readonly name: 'member_removed'
  /** The presence channel. */
  readonly channel: string
  /** Who has left. */
  readonly user_id: string
}

/** A client has sent an event on a channel. */
export interface ClientEvent extends EventBase {
  /** Tells the event from others. */
  readonly name: 'client_event'
  /** The channel that it was sent on. */
  readonly channel: string
  /** The event's own name, such as `client-typing`. */
  readonly event: string
  /** As the client sent it: JSON more often than not. */
  readonly data?: string
  /** The connection that sent it. */
  readonly socket_id?: string
  /** Who sent it, on presence channels. */
  readonly user_id?: string
}

/** A client has subscribed to a cache channel whose cache is empty. */
export interface CacheMissEvent extends EventBase {
  /** Tells the event from others. */
  readonly name: 'cache_miss'
  /** The cache channel. */
  readonly channel: string
}

/** The number of a channel's subscribers has changed. */
export interface SubscriptionCountEvent extends EventBase {
  /** Tells the event from others. */
  readonly name: 'subscription_count'
  /** The channel. */
  readonly channel: string
  /** How many subscribers it has. */
  readonly subscription_count: number
}

/** An event of Pusher's protocol. */
export type StandardEvent =
  | ChannelOccupiedEvent
  | ChannelVacatedEvent
  | MemberAddedEvent
  | MemberRemovedEvent
  | ClientEvent
  | CacheMissEvent
  | SubscriptionCountEvent

/** The name of an event of Pusher's protocol. */
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
  /** Its name, which no comparison with a standard name fits. */
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
