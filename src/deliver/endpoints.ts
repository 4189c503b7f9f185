import type { Bulkhead } from '../courier/bulkhead.js'
import type { OutletEndpoints } from '../gather/outlet.js'
import type { EndpointNumber } from '../indexes.js'
import type { PlacedApp, PlacedEndpoint } from '../shard/messages.js'
import type { Notices } from '../shard/notices.js'
import { Endpoint } from './endpoint.js'

/** The endpoints of a shard by their numbers, those included that get no new events but still have batches. */
export class Endpoints implements OutletEndpoints {
  readonly #byNumber = new Map<EndpointNumber, Endpoint>()

  readonly #bulkhead: Pick<Bulkhead, 'forget'>
  readonly #notices: Pick<Notices, 'tell'>

  constructor(bulkhead: Pick<Bulkhead, 'forget'>, notices: Pick<Notices, 'tell'>) {
    this.#bulkhead = bulkhead
    this.#notices = notices
  }

  /** @throws Error when there is none: the caller holds a number that was never placed or is retired */
  get(number: EndpointNumber): Endpoint {
    const endpoint = this.#byNumber.get(number)
    if (endpoint === undefined) throw new Error(`no endpoint has the number ${number}`)
    return endpoint
  }

  find(number: EndpointNumber): Endpoint | undefined {
    return this.#byNumber.get(number)
  }

  all(): Iterable<Endpoint> {
    return this.#byNumber.values()
  }

  place(app: PlacedApp, nowMs: number): void {
    for (const placed of app.endpoints) {
      const known = this.#byNumber.get(placed.number)
      if (known !== undefined) known.configure(app.config, placed, nowMs)
      else this.#add(createEndpoint(app, placed))
    }
  }

  isAtRest(number: EndpointNumber, nowMs: number): boolean {
    return this.find(number)?.isAtRest(nowMs) ?? true
  }

  forget(number: EndpointNumber): void {
    this.#byNumber.delete(number)
    this.#bulkhead.forget(number)
  }

  retire(number: EndpointNumber): boolean {
    const { courier, backlog, leaving, deadLetters, appIndex: app, generation } = this.get(number)
    if ((courier !== null && courier.size > 0) || backlog !== null || leaving > 0) return false
    courier?.closeCircuit()
    if (deadLetters > 0) return false
    this.forget(number)
    this.#notices.tell({ kind: 'retired', app, endpoint: number, generation })
    return true
  }

  #add(endpoint: Endpoint): void {
    this.#byNumber.set(endpoint.number, endpoint)
  }
}

function createEndpoint({ index, config: app }: PlacedApp, { number, config, generation }: PlacedEndpoint): Endpoint {
  return new Endpoint(number, index, app, config, generation)
}
