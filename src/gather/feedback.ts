import type { Upstream } from '../deliver/upstream.js'
import type { EndpointNumber } from '../indexes.js'
import type { ActorHost } from './actor-host.js'
import type { ActorSupervisor } from './actor-supervisor.js'
import type { Backpressure } from './backpressure.js'
import type { Holders } from './holders.js'
import type { Reserve } from './reserve.js'
import type { Retirement } from './retirement.js'

interface FeedbackParts {
  readonly holders: Holders
  readonly host: ActorHost
  readonly actors: ActorSupervisor
  readonly backpressure: Backpressure
  readonly retirement: Retirement
  readonly reserve: Pick<Reserve, 'retry'>
  /** Called when arena memory may have become free or a courier has to be called earlier. */
  readonly onProgress: () => void
}

/** What follows in gather from what deliver reports. */
export class Feedback implements Upstream {
  readonly #parts: FeedbackParts

  constructor(parts: FeedbackParts) {
    this.#parts = parts
  }

  held(endpoint: EndpointNumber, bytes: number): void {
    this.#parts.holders.get(endpoint).heldBytes += bytes
  }

  grew(endpoint: EndpointNumber, bytes: number): void {
    this.#parts.host.holds(endpoint, bytes)
  }

  /** The app's actor may seal what waited for room, an endpoint that is done goes. */
  called(endpoint: EndpointNumber, nowMs: number): void {
    const { holders, actors, backpressure, retirement, reserve, onProgress } = this.#parts
    const holder = holders.find(endpoint)
    if (holder !== undefined) {
      if (holder.isAwaited) {
        holder.isAwaited = false
        actors.receive(holder.app, { kind: 'settled', endpoint }, nowMs)
        reserve.retry(holder.app)
      }
      backpressure.settled(holder)
      retirement.retireIfDone(holder)
    }
    onProgress()
  }

  discarded(endpoint: EndpointNumber): void {
    const { holders, retirement } = this.#parts
    retirement.retireIfDone(holders.get(endpoint))
  }
}
