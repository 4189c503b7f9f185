import type { EndpointNumber } from '../indexes.js'
import type { PlacedApp } from '../shard/messages.js'
import { Holder } from './holder.js'

/** The holders of a shard by their numbers, those included that get no new events but still have batches. */
export class Holders {
  readonly #byNumber = new Map<EndpointNumber, Holder>()

  /** @throws Error when there is none: the caller has a number that was never placed or is retired */
  get(number: EndpointNumber): Holder {
    const holder = this.#byNumber.get(number)
    if (holder === undefined) throw new Error(`no holder has the number ${number}`)
    return holder
  }

  find(number: EndpointNumber): Holder | undefined {
    return this.#byNumber.get(number)
  }

  values(): Iterable<Holder> {
    return this.#byNumber.values()
  }

  /** Those of an app that are here. */
  of(app: PlacedApp | undefined): Holder[] {
    return (app?.endpoints ?? []).flatMap(({ number }) => this.find(number) ?? [])
  }

  /** Creates or changes the holders of an app. */
  place({ index, endpoints }: PlacedApp): void {
    for (const placed of endpoints) {
      const known = this.find(placed.number)
      if (known === undefined) this.#byNumber.set(placed.number, new Holder(index, placed))
      else known.configure(placed)
    }
  }

  forget(number: EndpointNumber): void {
    this.#byNumber.delete(number)
  }
}
