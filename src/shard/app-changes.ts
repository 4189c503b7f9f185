import type { ActorMessage } from '../actor/app-actor.js'
import type { Deliver } from '../deliver/deliver.js'
import type { Gather } from '../gather/gather.js'
import { monotonicNow as now } from '../time/clocks.js'
import type { PlacedApp } from './messages.js'

/** Puts changes of apps in force, on both sides of the outlet. */
export class AppChanges {
  readonly #gather: Gather
  readonly #deliver: Deliver
  readonly #onProgress: () => void

  /** @param onProgress called when a dead letter has gone to make room for a change */
  constructor(gather: Gather, deliver: Deliver, onProgress: () => void) {
    this.#gather = gather
    this.#deliver = deliver
    this.#onProgress = onProgress
  }

  /**
   * Puts a change of an app in force, behind the events of the app that are set aside.
   * @param inForce called when it is
   * @returns false when the arena is too full for it: the same call must come again
   */
  place(app: PlacedApp, inForce: () => void = () => undefined): boolean {
    const place = (): boolean => {
      const isPlaced = this.#placeNow(app)
      if (isPlaced) inForce()
      return isPlaced
    }
    const { reserve } = this.#gather
    if (!reserve.holds(app.index)) return place()
    reserve.defer(app.index, place)
    return true
  }

  #placeNow(app: PlacedApp): boolean {
    const nowMs = now()
    const { apps, actors, holders, backpressure, retirement } = this.#gather
    const { endpoints, couriers, deadLetters } = this.#deliver
    const tell = (message: ActorMessage) => actors.receive(app.index, message, nowMs)
    if (apps.place(app, new Map(), tell) === 'stalled') {
      if (deadLetters.evictOldest()) this.#onProgress()
      return false
    }
    holders.place(app)
    endpoints.place(app, nowMs)
    backpressure.show(app.index)
    for (const { number, active } of app.endpoints) {
      if (active) couriers.pump(endpoints.get(number), nowMs)
      else retirement.retireIfDone(holders.get(number))
    }
    return true
  }
}
