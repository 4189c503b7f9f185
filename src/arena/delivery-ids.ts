import { randomFillSync } from 'node:crypto'

const ID_BYTES = 16
const IDS_AT_ONCE = 256

/** Version 4 UUIDs (RFC 9562), as 16 bytes, written where they are kept. */
export class DeliveryIds {
  private readonly random = Buffer.alloc(ID_BYTES * IDS_AT_ONCE)
  private next = this.random.length

  write(bytes: Buffer, at: number): void {
    if (this.next === this.random.length) {
      randomFillSync(this.random)
      this.next = 0
    }
    for (let index = 0; index < ID_BYTES; index++) bytes[at + index] = this.random[this.next + index] ?? 0
    bytes[at + 6] = ((bytes[at + 6] ?? 0) & 0x0f) | 0x40
    bytes[at + 8] = ((bytes[at + 8] ?? 0) & 0x3f) | 0x80
    this.next += ID_BYTES
  }
}
