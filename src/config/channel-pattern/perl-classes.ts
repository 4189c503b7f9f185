import { type CodePoints, codePointsWhere, negate } from './code-points.js'

/**
 * `\d`, `\s` and `\w` as Rust's regex crate reads them, which is all of Unicode (UTS #18, Annex C), in the words of RE2, which
 * would read them as ASCII.
 */
const IN_RE2 = {
  d: String.raw`\p{Nd}`,
  s: String.raw`\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}`,
  // Alphabetic is L, Nl, some of M and the circled letters; all of M counts.
  w: String.raw`\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\x{200c}\x{200d}\x{24b6}-\x{24e9}\x{1f130}-\x{1f149}\x{1f150}-\x{1f169}\x{1f170}-\x{1f189}`,
} as const

const IN_JAVASCRIPT = {
  d: /\p{Nd}/u,
  s: /\p{White_Space}/u,
  w: /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u,
} as const

const IN_ASCII: Readonly<Record<PerlClass, CodePoints>> = {
  d: [[0x30, 0x39]],
  s: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
}

export type PerlClass = keyof typeof IN_RE2

/** @param letter as it stands after the backslash; a capital is the opposite */
export function isPerlClass(letter: string): boolean {
  return Object.hasOwn(IN_RE2, letter.toLowerCase())
}

/** What stands for `\d` or `\D` and the like outside of a class. */
export function perlClass(letter: string, isUnicode: boolean): string {
  if (!isUnicode) return `\\${letter}`
  const name = letter.toLowerCase() as PerlClass
  return `[${letter === name ? '' : '^'}${IN_RE2[name]}]`
}

/** The members of a class of RE2's that are those of `\d`, or null when they can only be listed: those of `\W`. */
export function perlClassMembers(letter: string, isUnicode: boolean): string | null {
  if (!isUnicode) return `\\${letter}`
  const name = letter.toLowerCase() as PerlClass
  return letter === name ? IN_RE2[name] : null
}

const known = new Map<PerlClass, CodePoints>()

export function perlClassSet(letter: string, isUnicode: boolean): CodePoints {
  const name = letter.toLowerCase() as PerlClass
  const set = isUnicode ? unicodeSet(name) : IN_ASCII[name]
  return letter === name ? set : negate(set)
}

function unicodeSet(name: PerlClass): CodePoints {
  const set =
    known.get(name) ?? codePointsWhere((codePoint) => IN_JAVASCRIPT[name].test(String.fromCodePoint(codePoint)))
  known.set(name, set)
  return set
}
