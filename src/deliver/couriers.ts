import type { SlabId } from '../arena/arena-memory.js'
import { WakeUps } from '../collections/wake-ups.js'
import { Courier } from '../courier/courier.js'
import type { Admission } from './admission.js'
import type { Delivery } from './delivery.js'
import type { Endpoint } from './endpoint.js'
import type { Endpoints } from './endpoints.js'

/** Couriers that are called at one turn of the event loop, before the ring and the sockets get theirs again. */
const PUMPS_A_TURN = 64

/** The couriers of a shard's endpoints: each is made when the first batch comes, and called when its time or its turn has come. */
export class Couriers {
  private readonly wakeUps = new WakeUps()

  constructor(
    private readonly endpoints: Endpoints,
    private readonly admission: Admission,
    private readonly delivery: Delivery,
    /** Told when a courier has been called: its endpoint may have room for more. */
    private readonly called: (endpoint: Endpoint, nowMs: number) => void,
  ) {}

  /** When `run` is to be called though no request ends before, in ms; Infinity: then nothing is to be done. */
  get nextAtMs(): number {
    return Math.min(this.wakeUps.nextAtMs, this.admission.nextAtMs)
  }

  of(endpoint: Endpoint, nowMs: number): Courier {
    endpoint.courier ??= new Courier(
      endpoint.number,
      endpoint.config,
      this.delivery.times,
      this.delivery,
      Math.random,
      nowMs,
    )
    return endpoint.courier
  }

  submit(endpoint: Endpoint, slab: SlabId, nowMs: number): void {
    this.wake(endpoint, this.of(endpoint, nowMs).submit(slab, nowMs))
  }

  /** Takes a batch that is sent in the turns to come. */
  enqueue(endpoint: Endpoint, slab: SlabId, nowMs: number): void {
    this.of(endpoint, nowMs).enqueue(slab)
    this.wake(endpoint, nowMs)
  }

  /** Has the endpoint's courier called then, in ms, and no longer when it was to be called before. */
  wake(endpoint: Endpoint, atMs: number): void {
    this.wakeUps.set(endpoint.number, atMs)
  }

  pump(endpoint: Endpoint, nowMs: number): void {
    if (endpoint.courier !== null) this.wake(endpoint, endpoint.courier.pump(nowMs))
    this.called(endpoint, nowMs)
  }

  /** A request of the endpoint has ended: calls its courier, then the one whose turn it is to make a request instead. */
  ended(endpoint: Endpoint, nowMs: number): void {
    this.pump(endpoint, nowMs)
    this.pumpNext(this.admission.takeTurn(nowMs), nowMs)
  }

  /** Calls those whose time has come, then those that found no room for a request before. */
  run(nowMs: number): void {
    this.pumpAll(() => this.wakeUps.takeDue(nowMs), nowMs)
    this.pumpAll(() => this.admission.takeTurn(nowMs), nowMs)
  }

  private pumpAll(takeNext: () => number | undefined, nowMs: number): void {
    for (let pumped = 0; pumped < PUMPS_A_TURN; pumped++) {
      const number = takeNext()
      if (number === undefined) return
      this.pumpNext(number, nowMs)
    }
  }

  private pumpNext(number: number | undefined, nowMs: number): void {
    const endpoint = number === undefined ? undefined : this.endpoints.find(number)
    if (endpoint !== undefined) this.pump(endpoint, nowMs)
  }
}
