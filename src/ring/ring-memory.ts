import { CONTROL_BYTES } from './layout.js'

/** The views that one thread has of a ring. */
export class RingMemory {
  readonly control: Int32Array
  /** The data area as 32-bit words; byte offset `n` is word `n >>> 2`. */
  readonly words: Uint32Array
  /** The data area as doubles; byte offset `n` is double `n >>> 3`. */
  readonly doubles: Float64Array
  /** The data area as bytes. */
  readonly bytes: Buffer
  readonly capacity: number
  readonly mask: number

  constructor(readonly shared: SharedArrayBuffer) {
    this.capacity = shared.byteLength - CONTROL_BYTES
    this.mask = this.capacity - 1
    this.control = new Int32Array(shared, 0, CONTROL_BYTES >>> 2)
    this.words = new Uint32Array(shared, CONTROL_BYTES, this.capacity >>> 2)
    this.doubles = new Float64Array(shared, CONTROL_BYTES, this.capacity >>> 3)
    this.bytes = Buffer.from(shared, CONTROL_BYTES, this.capacity)
  }
}
