import type { PlacedApp, PlacedEndpoint } from '../shard/messages.js'
import { Endpoint } from './endpoint.js'

/** The endpoints of a shard by their numbers, those included that get no new events but still have batches. */
export class Endpoints {
  private readonly byNumber = new Map<number, Endpoint>()

  /** @throws Error when there is none: the caller holds a number that was never placed or is retired */
  get(number: number): Endpoint {
    const endpoint = this.byNumber.get(number)
    if (endpoint === undefined) throw new Error(`no endpoint has the number ${number}`)
    return endpoint
  }

  find(number: number): Endpoint | undefined {
    return this.byNumber.get(number)
  }

  values(): Iterable<Endpoint> {
    return this.byNumber.values()
  }

  /** Makes or changes the endpoints of an app. */
  place(app: PlacedApp, nowMs: number): void {
    for (const placed of app.endpoints) {
      const known = this.byNumber.get(placed.number)
      if (known !== undefined) known.configure(app.config, placed, nowMs)
      else this.add(createEndpoint(app, placed))
    }
  }

  retire(number: number): void {
    this.byNumber.delete(number)
  }

  private add(endpoint: Endpoint): void {
    this.byNumber.set(endpoint.number, endpoint)
  }
}

function createEndpoint(
  { index, config: app }: PlacedApp,
  { number, config, active, generation }: PlacedEndpoint,
): Endpoint {
  return new Endpoint(number, index, app, config, active, generation)
}
