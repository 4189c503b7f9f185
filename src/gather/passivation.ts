import { Fifo } from '../collections/fifo.js'
import type { AppIndex, EndpointNumber } from '../indexes.js'
import type { Apps, LiveApp } from './apps.js'
import type { Holders } from './holders.js'
import type { OutletEndpoints } from './outlet.js'

/** An app that nothing has come for, for this long in ms, is put to rest; at the latest after twice as long. */
export const IDLE_MS = 30_000
/** Apps that are looked at in one turn of the event loop. */
const APPS_A_TURN = 256

interface Look {
  readonly app: LiveApp
  readonly atMs: number
}

/**
 * Puts apps to rest that have become idle, as actor systems do (Akka's passivation, Orleans' deactivation): of a hundred
 * thousand apps that have emitted once, few emit now. Their actor, couriers, connections' settings and keys are let go of;
 * what they are made of stays, and the next event creates them again. Nobody can tell the difference: an app is only idle when
 * it has nothing in the arena, no request in flight and nothing to remember of its receivers.
 *
 * Apps are looked at in turn, each at an interval of `IDLE_MS`; one that was used since the last look gets another
 * (the second chance of page replacement), so that an event costs no look at a clock.
 */
export class Passivation {
  readonly #looks = new Fifo<Look>()

  readonly #apps: Apps
  readonly #holders: Holders
  readonly #endpoints: Pick<OutletEndpoints, 'isAtRest' | 'forget'>
  readonly #isInReserve: (app: AppIndex) => boolean

  constructor(
    apps: Apps,
    holders: Holders,
    endpoints: Pick<OutletEndpoints, 'isAtRest' | 'forget'>,
    /** Whether events of the app, by its index, are set aside. */
    isInReserve: (app: AppIndex) => boolean,
  ) {
    this.#apps = apps
    this.#holders = holders
    this.#endpoints = endpoints
    this.#isInReserve = isInReserve
  }

  /** Apps that are not at rest. */
  get active(): number {
    return this.#looks.size
  }

  /** When `run` is to be called, in ms; Infinity: all apps are at rest. */
  get nextAtMs(): number {
    return this.#looks.peek()?.atMs ?? Number.POSITIVE_INFINITY
  }

  /** An app has been made. */
  add(app: LiveApp, nowMs: number): void {
    this.#looks.push({ app, atMs: nowMs + IDLE_MS })
  }

  run(nowMs: number): void {
    for (let looks = 0; looks < APPS_A_TURN && this.nextAtMs <= nowMs; looks++) {
      const app = this.#looks.shift()?.app
      if (app === undefined) return
      const wasUsed = app.actor.isUsed
      app.actor.isUsed = false
      if (wasUsed || !this.#isAtRest(app, nowMs)) this.add(app, nowMs)
      else this.#passivate(app)
    }
  }

  #isAtRest({ actor, app }: LiveApp, nowMs: number): boolean {
    const isAtRest = (number: EndpointNumber): boolean =>
      (this.#holders.find(number)?.isAtRest ?? true) && this.#endpoints.isAtRest(number, nowMs)
    return actor.isAtRest && !this.#isInReserve(app.index) && app.endpoints.every(({ number }) => isAtRest(number))
  }

  #passivate(live: LiveApp): void {
    this.#apps.passivate(live)
    for (const { number } of live.app.endpoints) {
      this.#holders.forget(number)
      this.#endpoints.forget(number)
    }
  }
}
