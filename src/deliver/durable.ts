import type { HandOverProducer } from '../hand-over/producer.js'
import type { Custodian } from './custodian.js'
import type { Parking } from './parking.js'

/** The parts of deliver that there are with a durable queue alone. */
export class Durable {
  constructor(
    readonly custodian: Custodian,
    readonly parking: Parking,
    private readonly handOver: HandOverProducer,
  ) {}

  /** Every batch that is sealed from now on has at least this `seq`. */
  get nextSeq(): number {
    return this.handOver.firstSeq + this.handOver.seals
  }

  /** Every batch that is sealed from now on has at least this `seq`. */
  sealFrom(seq: number): void {
    if (this.handOver.firstSeq > 0) this.handOver.sealFrom(seq - this.handOver.firstSeq)
  }

  /** See `HandOverProducer`. */
  get firstSeq(): number {
    return this.handOver.firstSeq
  }

  /** There is another storage thread. */
  reconnected(): void {
    this.custodian.nameAgain()
    this.parking.reconnected()
  }
}
