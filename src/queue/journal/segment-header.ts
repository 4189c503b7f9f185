import { crc32 } from 'node:zlib'
import type { DiskFile } from './disk.js'
import { SALT_BYTES, type Salt, saltOf } from './salt.js'

/** What the head of a segment's file says. */
export interface SegmentHeader {
  readonly salt: Salt
  /** Which segment of the journal it is, counted from 1: later ones hold later records. */
  readonly order: number
  /** The segments before this one had been reclaimed when this one was begun. */
  readonly oldest: number
  readonly bytes: number
}

/** The two copies lie in two pages, so that a page that is lost does not take both. */
const COPIES_AT = [0, 4096]
/** Where the records begin. */
export const DATA_START = 8192

const COPY_BYTES = 512
const MAGIC = Buffer.from('SPJRNL\0\x01', 'latin1')
const FORMAT = { major: 1, minor: 0 }
const At = { magic: 0, crc: 8, major: 12, minor: 14, salt: 16, order: 24, oldest: 32, bytes: 40, end: 48 } as const

/** Writes both copies and waits until they are on the medium. */
export function writeHeader(file: DiskFile, header: SegmentHeader): void {
  const copy = encode(header)
  for (const position of COPIES_AT) file.write([copy], position)
  file.sync()
}

/** @returns the newer of the copies that can be read, or null when neither can */
export function readHeader(file: DiskFile): { readonly header: SegmentHeader; readonly isWhole: boolean } | null {
  const copies = COPIES_AT.map((position) => readCopy(file, position))
  const readable = copies.filter((copy) => copy !== null).sort((a, b) => b.order - a.order)
  const [header] = readable
  return header === undefined ? null : { header, isWhole: readable.length === copies.length }
}

function readCopy(file: DiskFile, position: number): SegmentHeader | null {
  const copy = Buffer.alloc(COPY_BYTES)
  try {
    file.read(copy, position)
  } catch {
    return null // The other copy may be readable; when it is not either, the caller hears of it.
  }
  return decode(copy)
}

function encode({ salt, order, oldest, bytes }: SegmentHeader): Buffer {
  const copy = Buffer.alloc(COPY_BYTES)
  MAGIC.copy(copy, At.magic)
  copy.writeUInt16LE(FORMAT.major, At.major)
  copy.writeUInt16LE(FORMAT.minor, At.minor)
  copy.set(salt.bytes, At.salt)
  copy.writeDoubleLE(order, At.order)
  copy.writeDoubleLE(oldest, At.oldest)
  copy.writeDoubleLE(bytes, At.bytes)
  copy.writeUInt32LE(crc32(copy.subarray(At.crc + 4)), At.crc)
  return copy
}

function decode(copy: Buffer): SegmentHeader | null {
  if (!copy.subarray(At.magic, At.crc).equals(MAGIC)) return null
  if (copy.readUInt32LE(At.crc) !== crc32(copy.subarray(At.crc + 4))) return null
  return {
    salt: saltOf(copy.subarray(At.salt, At.salt + SALT_BYTES)),
    order: copy.readDoubleLE(At.order),
    oldest: copy.readDoubleLE(At.oldest),
    bytes: copy.readDoubleLE(At.bytes),
  }
}
