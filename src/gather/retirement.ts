import type { AppIndex } from '../indexes.js'
import type { Holder } from './holder.js'
import type { Holders } from './holders.js'
import type { OutletEndpoints } from './outlet.js'

/** Forgets endpoints that get no new events once they have nothing left. */
export class Retirement {
  readonly #holders: Holders
  readonly #endpoints: OutletEndpoints
  readonly #isInReserve: (app: AppIndex) => boolean

  /** @param isInReserve whether events of the app are set aside: they may be for an endpoint that has been removed since */
  constructor(holders: Holders, endpoints: OutletEndpoints, isInReserve: (app: AppIndex) => boolean) {
    this.#holders = holders
    this.#endpoints = endpoints
    this.#isInReserve = isInReserve
  }

  retireIfDone(holder: Holder): void {
    if (holder.active || this.#isInReserve(holder.app)) return
    if (this.#endpoints.retire(holder.number)) this.#holders.forget(holder.number)
  }
}
