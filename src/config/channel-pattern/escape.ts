import { PatternError } from './pattern-error.js'
import type { PatternReader } from './reader.js'

const CONTROLS: Readonly<Record<string, number>> = { a: 7, t: 9, n: 10, v: 11, f: 12, r: 13 }
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/**
 * The code point that an escape stands for, once its backslash and its letter have been read.
 * @returns null when the letter is that of something else than one code point
 */
export function escapedCodePoint(letter: string, reader: PatternReader): number | null {
  const control = CONTROLS[letter]
  if (control !== undefined) return control
  const digits = HEX_DIGITS[letter]
  if (digits !== undefined) return hexadecimal(digits, reader)
  return /^[\x20-\x7e]$/.test(letter) && !/^[0-9A-Za-z<>]$/.test(letter) ? letter.charCodeAt(0) : null
}

function hexadecimal(digits: number, reader: PatternReader): number {
  let text = ''
  if (reader.takes('{')) text = reader.until('}')
  else for (let digit = 0; digit < digits; digit++) text += reader.next()
  const value = /^[\dA-Fa-f]{1,8}$/.test(text) ? Number.parseInt(text, 16) : Number.POSITIVE_INFINITY
  if (value > 0x10ffff) throw new PatternError('a regular expression whose escapes name Unicode characters')
  return value
}

/** A code point in the words of RE2, in a class and outside of one. */
export function literal(codePoint: number): string {
  const text = String.fromCodePoint(codePoint)
  return /^[0-9A-Za-z]$/.test(text) ? text : `\\x{${codePoint.toString(16)}}`
}
