import { EVENT_TYPES, eventTypeOf } from '../ring/event-types.js'
import type { Holder } from './holder.js'

/** Below this part of its share an endpoint that was full takes events again. */
const RELIEF = 0.75
/**
 * An endpoint that is full still gets what was accepted before: as much as the ring holds. Only beyond that many times its
 * share and the ring's size is what another endpoint's room let in given up for this one.
 */
const HARD_LIMIT = 2

/**
 * How much of the arena one endpoint may hold: a share of what is still free (the dynamic threshold of Choudhury and Hahne,
 * 1998). One dead endpoint among idle ones may take much, a hundred together still leave room for the others, and no queue
 * length has to be configured.
 */
export class Pressure {
  readonly #share: number
  readonly #ringBytes: number
  readonly #freeBytes: () => number

  constructor(share: number, ringBytes: number, freeBytes: () => number) {
    this.#share = share
    this.#ringBytes = ringBytes
    this.#freeBytes = freeBytes
  }

  /** Brings `holder.isFull` up to date. @returns whether it changed */
  update(holder: Holder): boolean {
    const limit = this.#share * this.#freeBytes()
    const isFull = holder.heldBytes > (holder.isFull ? limit * RELIEF : limit)
    const isChanged = isFull !== holder.isFull
    holder.isFull = isFull
    return isChanged
  }

  isOverHardLimit(holder: Holder): boolean {
    return holder.isFull && holder.heldBytes > HARD_LIMIT * (this.#share * this.#freeBytes() + this.#ringBytes)
  }
}

/** The event types (bits) that only full endpoints of the app want: the main thread refuses them. */
export function blockedTypes(holders: readonly Holder[]): number {
  const active = holders.filter((holder) => holder.active)
  if (!active.some(({ isFull }) => isFull)) return 0
  let blocked = 0
  for (let type = 0; type < EVENT_TYPES.length; type++) {
    const interested = active.filter(({ eventTypes }) => eventTypes.some((name) => eventTypeOf(name) === type))
    if (interested.length > 0 && interested.every(({ isFull }) => isFull)) blocked |= 1 << type
  }
  return blocked
}
