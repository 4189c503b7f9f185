import type { HandOverProducer } from '../hand-over/producer.js'
import type { EndpointNumber } from '../indexes.js'
import type { Custodian } from './custodian.js'
import type { DurableOutlet } from './durable-outlet.js'
import type { GivingBack } from './giving-back.js'
import type { Parking } from './parking.js'

/** The parts of deliver that there are with a durable queue alone. */
export class Durable {
  readonly #handOver: HandOverProducer

  constructor(
    readonly custodian: Custodian,
    readonly parking: Parking,
    readonly outlet: DurableOutlet,
    /** null where the process that accepts a batch delivers it. */
    readonly givingBack: GivingBack | null,
    handOver: HandOverProducer,
  ) {
    this.#handOver = handOver
  }

  /** Every batch that is sealed from now on has at least this `seq`. */
  get nextSeq(): number {
    return this.#handOver.firstSeq + this.#handOver.seals
  }

  /** The endpoints, by number, whose batches in the store alone a flush waits for: what is handed over is not this process's any more. */
  get awaited(): readonly EndpointNumber[] {
    return this.givingBack === null ? this.parking.behind : []
  }

  /** Every batch that is sealed from now on has at least this `seq`. */
  sealFrom(seq: number): void {
    if (this.#handOver.firstSeq > 0) this.#handOver.sealFrom(seq - this.#handOver.firstSeq)
  }

  /** See `HandOverProducer`. */
  get firstSeq(): number {
    return this.#handOver.firstSeq
  }

  /** There is another storage thread. */
  reconnected(): void {
    this.custodian.nameAgain()
    this.parking.reconnected()
  }
}
