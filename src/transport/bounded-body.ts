import { Transform, type TransformCallback } from 'node:stream'
import { DeliveryError } from './http-errors.js'

/** Passes a response's body on up to a bound, and fails beyond it. */
export class BoundedBody extends Transform {
  #left: number

  constructor(maxBytes: number) {
    super()
    this.#left = maxBytes
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#left -= chunk.length
    if (this.#left < 0) callback(new DeliveryError('protocol', 'the response is larger than any that Lambda gives'))
    else callback(null, chunk)
  }
}
