import type { AppIndex, EndpointNumber } from '../indexes.js'
import type { PlacedEndpoint } from '../shard/messages.js'

/** The half of an endpoint that gather knows: what it holds of the arena, and whether its batches find room. */
export class Holder {
  readonly number: EndpointNumber
  readonly app: AppIndex
  /** Arena bytes of its batches, dead letters not included. */
  heldBytes = 0
  /** Whether it has used up its share of the arena. */
  isFull = false
  /** Whether its actor may have a batch that waits for room: it was told that there is none, or is new here. */
  isAwaited = true
  #placed: PlacedEndpoint

  constructor(app: AppIndex, placed: PlacedEndpoint) {
    this.number = placed.number
    this.app = app
    this.#placed = placed
  }

  /** Whether it gets new events. */
  get active(): boolean {
    return this.#placed.active
  }

  get eventTypes(): readonly string[] {
    return this.#placed.config.eventTypes
  }

  /** Whether there is nothing to remember of it: one that is created again would do the same from now on. */
  get isAtRest(): boolean {
    return this.active && !this.isFull && this.heldBytes === 0
  }

  configure(placed: PlacedEndpoint): void {
    this.#placed = placed
  }
}
