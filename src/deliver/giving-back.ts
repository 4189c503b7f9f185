import type { EndpointNumber } from '../indexes.js'
import type { DropHow } from '../queue/job-store.js'
import { monotonicNow as now } from '../time/clocks.js'
import type { Custodian } from './custodian.js'
import type { Endpoint } from './endpoint.js'
import type { Endpoints } from './endpoints.js'
import type { HandingOver } from './handing-over.js'
import type { Parking } from './parking.js'
import type { Settlement } from './settlement.js'
import { reportPause, type StorePort } from './store-port.js'
import type { Upstream } from './upstream.js'

interface GivingBackParts {
  readonly endpoints: Endpoints
  readonly custodian: Custodian
  readonly handingOver: HandingOver
  readonly parking: Parking
  readonly settlement: Settlement
  readonly upstream: Upstream
  readonly port: StorePort
}

interface Leaving {
  readonly how: DropHow
  readonly done: (() => void)[]
}

/**
 * Gives endpoints back to the store, so that another process may have them.
 *
 *     held   → leaving  no attempt begins any more, and nothing is loaded
 *     leaving → gone    the attempts and reads that were under way have ended: what waits is dropped
 */
export class GivingBack {
  readonly #parts: GivingBackParts
  readonly #leaving = new Map<Endpoint, Leaving>()

  constructor(parts: GivingBackParts) {
    this.#parts = parts
  }

  /** @param numbers null: all endpoints */
  give(numbers: readonly EndpointNumber[] | null, how: DropHow, done: () => void): void {
    const { endpoints } = this.#parts
    const meant = numbers === null ? [...endpoints.all()] : numbers.flatMap((number) => endpoints.find(number) ?? [])
    // One more than there are, so that it ends once, and not before all have begun.
    let waiting = meant.length + 1
    const ended = (): void => {
      waiting -= 1
      if (waiting === 0) done()
    }
    for (const endpoint of meant) this.#leave(endpoint, how, ended)
    ended()
  }

  /** Something has come from the storage thread that some may have waited for. */
  lookAtAll(): void {
    for (const endpoint of this.#leaving.keys()) this.look(endpoint)
  }

  /** Something of the endpoint has ended that it may have waited for. */
  look(endpoint: Endpoint): void {
    const leaving = this.#leaving.get(endpoint)
    if (leaving === undefined || this.#isBusy(endpoint)) return
    this.#leaving.delete(endpoint)
    this.#finish(endpoint, leaving.how)
    for (const done of leaving.done) done()
  }

  #leave(endpoint: Endpoint, how: DropHow, done: () => void): void {
    const before = this.#leaving.get(endpoint)
    if (before !== undefined) {
      before.done.push(done)
      return
    }
    this.#leaving.set(endpoint, { how, done: [done] })
    endpoint.courier?.hold()
    this.#parts.parking.withdraw(endpoint)
    this.look(endpoint)
  }

  #isBusy(endpoint: Endpoint): boolean {
    return (endpoint.courier?.isSending ?? false) || (endpoint.backlog?.isAnswerDue ?? false)
  }

  #finish(endpoint: Endpoint, how: DropHow): void {
    const { custodian, handingOver, parking, settlement, upstream, port } = this.#parts
    const { courier, number } = endpoint
    const nowMs = now()
    parking.end(endpoint)
    custodian.forgetSplits(number)
    if (courier !== null) {
      reportPause(port, endpoint, nowMs)
      for (const slab of courier.takeWaiting()) {
        settlement.leave(endpoint, slab, how === 'store-again')
        if (how === 'store-again') handingOver.submit(number, slab)
        else custodian.forget(slab)
      }
      courier.closeCircuit()
      endpoint.courier = null
    }
    upstream.called(number, nowMs)
  }
}
