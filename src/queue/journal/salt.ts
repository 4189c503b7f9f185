import { crc32 } from 'node:zlib'

/** 64 random bits of a segment. Whoever does not know them cannot make a record that counts there. */
export interface Salt {
  readonly bytes: Uint8Array
  /** The first half, which each record shows. */
  readonly shown: number
  /** What the checksum of each record begins with: it depends on all of the salt. */
  readonly seed: number
}

export const SALT_BYTES = 8

/** @param bytes 8 bytes, which are copied */
export function saltOf(bytes: Uint8Array): Salt {
  const own = Uint8Array.from(bytes)
  const shown = new DataView(own.buffer).getUint32(0, true)
  return { bytes: own, shown, seed: crc32(own) }
}
