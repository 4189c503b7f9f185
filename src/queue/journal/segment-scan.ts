import { crc32 } from 'node:zlib'
import { aligned } from './location.js'
import { At, LONGEST_HEAD } from './record.js'
import { mayBegin, RecordView } from './record-view.js'
import type { Salt } from './salt.js'
import type { Segment } from './segment.js'
import type { SegmentReader } from './segment-reader.js'

/** How much of a segment is looked through at once where records are missing. */
const STRIDE_BYTES = 64 * 1024

/** Goes through the records of a segment in their order. After damage it goes on at the next record whose salt and checksum are right. */
export class SegmentScan {
  readonly record = new RecordView()
  readonly #reader: SegmentReader
  readonly #salt: Salt
  readonly #alignment: number
  readonly #end: number
  #position: number
  #offset = 0
  #index = 0
  #hasGap = false

  /**
   * @param from where a record begins, or what is left of one
   * @param end nothing is read from here on
   */
  constructor(reader: SegmentReader, segment: Segment, from: number, end: number) {
    this.#reader = reader
    this.#salt = segment.salt
    this.#alignment = segment.alignment
    this.#position = from
    this.#end = end
    reader.open(segment.file, end)
  }

  /** Where the record begins. */
  get offset(): number {
    return this.#offset
  }

  /** Where the next one should begin. */
  get position(): number {
    return this.#position
  }

  /** Whether something that is no record lay between this record and the one before. */
  get hasGap(): boolean {
    return this.#hasGap
  }

  /** @returns whether there is another record; `record` is it then */
  next(): boolean {
    const expected = this.#position
    for (let position = expected; position + At.end <= this.#end; position += this.#alignment) {
      if (this.#set(position)) {
        this.#hasGap = position !== expected
        this.#offset = position
        this.#position = position + aligned(this.record.headBytes + this.record.bodyBytes, this.#alignment)
        return true
      }
    }
    return false
  }

  /** The record's body: a view, which the next call overwrites. */
  body(): Buffer {
    const { headBytes, bodyBytes } = this.record
    const index = this.#reader.load(this.#offset, headBytes + bodyBytes)
    if (index !== this.#index || this.#reader.buffer.byteLength === 0) this.#set(this.#offset)
    return this.#reader.buffer.subarray(index + headBytes, index + headBytes + bodyBytes)
  }

  /** Whether the body is as it was written. */
  isBodyWhole(): boolean {
    return this.record.bodyBytes === 0 || crc32(this.body()) === this.record.bodyCrc
  }

  #set(position: number): boolean {
    const index = this.#reader.load(position, STRIDE_BYTES)
    if (!mayBegin(this.#reader.buffer, index, this.#salt)) return false
    this.#index = this.#reader.load(position, LONGEST_HEAD)
    const loaded = this.#reader.buffer.subarray(0, this.#index + this.#reader.loadedFrom(this.#index))
    if (!this.record.set(loaded, this.#index, this.#salt)) return false
    return position + this.record.headBytes + this.record.bodyBytes <= this.#end
  }
}
