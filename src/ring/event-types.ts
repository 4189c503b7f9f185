/**
 * The event types that travel as a number. Any other name is `custom` and travels as a string.
 * The order is part of the ring's format: append, never insert.
 */
export const EVENT_TYPES = [
  'custom',
  'channel_occupied',
  'channel_vacated',
  'member_added',
  'member_removed',
  'client_event',
  'cache_miss',
  'subscription_count',
] as const

/** Index in `EVENT_TYPES`. */
export type EventType = number

export const CUSTOM: EventType = 0

const byName = new Map<string, EventType>(EVENT_TYPES.map((name, index) => [name, index]))
byName.delete('custom')

/** The type of an event by its name; `CUSTOM` for every name that has no number. */
export function eventTypeOf(name: string): EventType {
  return byName.get(name) ?? CUSTOM
}
