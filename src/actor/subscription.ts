import type { EndpointConfig, FilterConfig } from '../config/model.js'
import { CUSTOM, eventTypeOf } from '../ring/event-types.js'
import type { EventView } from '../ring/event-view.js'
import { type ChannelFilter, compileFilter } from './filters.js'

const NO_FILTER = {}

/** Which events an endpoint gets: by their type, custom ones by their name, and by its filter. */
export class Subscription {
  /** A bit each. */
  readonly #types: number
  /** Of custom events. */
  readonly #names: ReadonlySet<string>
  readonly #filter: ChannelFilter | null

  constructor(eventTypes: readonly string[], filter: FilterConfig | null) {
    this.#types = eventTypes.reduce((types, name) => types | (1 << eventTypeOf(name)), 0)
    this.#names = new Set(eventTypes.filter((name) => eventTypeOf(name) === CUSTOM))
    this.#filter = compileFilter(filter)
  }

  wants(event: EventView): boolean {
    return this.subscribes(event) && (this.#filter === null || this.#filter(event.channel))
  }

  /** Whether an event of one of these types (bits) on the same channel would be wanted. */
  wantsAny(types: number, event: EventView): boolean {
    return (this.#types & types) !== 0 && (this.#filter === null || this.#filter(event.channel))
  }

  /** Whether events of this name are wanted, filters aside. */
  subscribes(event: EventView): boolean {
    if ((this.#types & (1 << event.type)) === 0) return false
    return event.type !== CUSTOM || this.#names.has(event.name)
  }
}

/**
 * One subscription for all endpoints whose configurations have the same event types and filter, not only equal ones: a pattern is
 * compiled once, and what every event looks at is in the processor's cache.
 */
export class Subscriptions {
  readonly #known = new WeakMap<readonly string[], WeakMap<object, Subscription>>()

  of({ eventTypes, filter }: Pick<EndpointConfig, 'eventTypes' | 'filter'>): Subscription {
    const withTypes = this.#known.get(eventTypes) ?? new WeakMap<object, Subscription>()
    this.#known.set(eventTypes, withTypes)
    const subscription = withTypes.get(filter ?? NO_FILTER) ?? new Subscription(eventTypes, filter)
    withTypes.set(filter ?? NO_FILTER, subscription)
    return subscription
  }
}
