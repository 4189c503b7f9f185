import { FLAP_PAIRS } from '../config/flap-pairs.js'
import { type EventType, eventTypeOf } from '../ring/event-types.js'
import type { EventView } from '../ring/event-view.js'
import { Field } from '../ring/record.js'

/** What an event type is in its pair of leave and return. */
export interface FlapRole {
  readonly kind: 'leave' | 'return'
  /** Both types of the pair, a bit each. */
  readonly types: number
  readonly isPerUser: boolean
  /** Keeps the keys of different pairs apart. */
  readonly prefix: string
}

const roles = new Map<EventType, FlapRole>(
  FLAP_PAIRS.flatMap(({ leave, return: comeback, isPerUser }, index) => {
    const types = (1 << eventTypeOf(leave)) | (1 << eventTypeOf(comeback))
    const role = { types, isPerUser, prefix: `${index}:` }
    return [
      [eventTypeOf(leave), { ...role, kind: 'leave' }],
      [eventTypeOf(comeback), { ...role, kind: 'return' }],
    ] as const
  }),
)

/** @returns null for an event that neither leaves nor returns, or that does not say who or where */
export function flapRoleOf(event: EventView): FlapRole | null {
  const role = roles.get(event.type)
  if (role === undefined || !event.has(Field.Channel)) return null
  return role.isPerUser && !event.has(Field.UserId) ? null : role
}

/** The same for a leave and its return, and different for all others of the app. */
export function flapKeyOf(event: EventView, { prefix, isPerUser }: FlapRole): string {
  const { channel } = event
  return isPerUser ? `${prefix}${channel.length}:${channel}${event.userId}` : prefix + channel
}
