/**
 * The contents of JSON strings (RFC 8259, section 7) from UTF-8 bytes, four at a time: a word without a byte that needs an
 * escape is copied as it is (guarded by the benchmark `encode`). Offsets are in bytes; the views may be any.
 */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const FIRST_PRINTABLE = 0x20
const WORD_BYTES = 4

/** A byte four times. */
const EACH = 0x01010101
const HIGH_BITS = 0x80808080
const QUOTES = QUOTE * EACH
const BACKSLASHES = BACKSLASH * EACH
const FIRST_PRINTABLES = FIRST_PRINTABLE * EACH

/** `\u00` as a little-endian word. */
const CONTROL_ESCAPE = 0x3030755c
const HEX = '0123456789abcdef'

/** The letter of a two-byte escape; 0: none. */
const ESCAPE_LETTER = new Uint8Array(256)
/** Bytes that each byte takes. */
const ESCAPED_BYTES = new Uint8Array(256).fill(1).fill(6, 0, FIRST_PRINTABLE)
for (const [code, letter] of [
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [QUOTE, '"'],
  [BACKSLASH, '\\'],
] as const) {
  ESCAPE_LETTER[code] = letter.charCodeAt(0)
  ESCAPED_BYTES[code] = 2
}

/** Copies bytes as they are. @returns the offset behind them */
export function copyBytes(source: DataView, from: number, to: number, target: DataView, at: number): number {
  let next = from
  let end = at
  for (; next + WORD_BYTES <= to; next += WORD_BYTES, end += WORD_BYTES) {
    target.setInt32(end, source.getInt32(next, true), true)
  }
  for (; next < to; next++, end++) target.setUint8(end, source.getUint8(next))
  return end
}

/**
 * Writes bytes with escapes where JSON wants them. A word is written before it is known what of it is right: the bytes from
 * the first that needs an escape on are then written over, and are never more than what follows.
 * @returns the offset behind them
 */
export function writeEscaped(source: DataView, from: number, to: number, target: DataView, at: number): number {
  let next = from
  let end = at
  while (next + WORD_BYTES <= to) {
    const word = source.getInt32(next, true)
    target.setInt32(end, word, true)
    const marks = escapeMarks(word)
    if (marks === 0) {
      next += WORD_BYTES
      end += WORD_BYTES
    } else {
      const plain = (31 - Math.clz32(marks & -marks)) >>> 3
      end = writeEscape((word >>> (plain * 8)) & 0xff, target, end + plain)
      next += plain + 1
    }
  }
  while (next < to) end = writeByte(source.getUint8(next++), target, end)
  return end
}

/** Bytes that `writeEscaped` writes. */
export function escapedLength(source: DataView, from: number, to: number): number {
  let next = from
  let extra = 0
  for (; next + WORD_BYTES <= to; next += WORD_BYTES) {
    if (escapeMarks(source.getInt32(next, true)) === 0) continue
    for (let at = next; at < next + WORD_BYTES; at++) extra += extraBytes(source.getUint8(at))
  }
  for (; next < to; next++) extra += extraBytes(source.getUint8(next))
  return to - from + extra
}

/**
 * Sets the high bit of bytes that need an escape: less than a space, a quote, a backslash. As long as one is found, the
 * lowest is right; above it there may be false ones, because a subtraction borrows (S. Anderson, Bit Twiddling Hacks,
 * "Determine if a word has a byte less than n"). None of the three has its high bit set, so one `~word` serves them all.
 */
function escapeMarks(word: number): number {
  return ((word - FIRST_PRINTABLES) | ((word ^ QUOTES) - EACH) | ((word ^ BACKSLASHES) - EACH)) & ~word & HIGH_BITS
}

function extraBytes(byte: number): number {
  return (ESCAPED_BYTES[byte] ?? 1) - 1
}

function writeByte(byte: number, target: DataView, at: number): number {
  if (byte >= FIRST_PRINTABLE && byte !== QUOTE && byte !== BACKSLASH) {
    target.setUint8(at, byte)
    return at + 1
  }
  return writeEscape(byte, target, at)
}

function writeEscape(byte: number, target: DataView, at: number): number {
  const letter = ESCAPE_LETTER[byte] ?? 0
  if (letter !== 0) {
    target.setUint16(at, (letter << 8) | BACKSLASH, true)
    return at + 2
  }
  target.setInt32(at, CONTROL_ESCAPE, true)
  target.setUint16(at + 4, (HEX.charCodeAt(byte & 0xf) << 8) | HEX.charCodeAt(byte >>> 4), true)
  return at + 6
}
