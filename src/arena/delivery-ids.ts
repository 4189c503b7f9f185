import { randomFillSync } from 'node:crypto'

const ID_BYTES = 16
const IDS_AT_ONCE = 256

const DIGITS = Buffer.from('0123456789abcdef')
/** Where each byte's two digits stand in the text. */
const DIGITS_AT = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34)
const text = Buffer.alloc(36, '-')

/** Version 4 UUIDs (RFC 9562), as 16 bytes, written where they are kept. */
export class DeliveryIds {
  readonly #random = Buffer.alloc(ID_BYTES * IDS_AT_ONCE)
  #next = this.#random.length

  write(bytes: Buffer, at: number): void {
    if (this.#next === this.#random.length) {
      randomFillSync(this.#random)
      this.#next = 0
    }
    for (let index = 0; index < ID_BYTES; index++) bytes[at + index] = this.#random[this.#next + index] ?? 0
    bytes[at + 6] = ((bytes[at + 6] ?? 0) & 0x0f) | 0x40
    bytes[at + 8] = ((bytes[at + 8] ?? 0) & 0x3f) | 0x80
    this.#next += ID_BYTES
  }
}

/** The id that is kept at `at`, in its usual form: `xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx`. */
export function deliveryIdText(bytes: Uint8Array, at: number): string {
  for (let index = 0; index < ID_BYTES; index++) {
    const byte = bytes[at + index] ?? 0
    const digitsAt = DIGITS_AT[index] ?? 0
    text[digitsAt] = DIGITS[byte >>> 4] ?? 0
    text[digitsAt + 1] = DIGITS[byte & 0x0f] ?? 0
  }
  return text.toString('latin1')
}
