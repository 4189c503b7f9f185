import { type ClassFlags, translateClass } from './char-class.js'
import { escapedCodePoint, literal } from './escape.js'
import { PatternError } from './pattern-error.js'
import { isPerlClass, perlClass } from './perl-classes.js'
import { PatternReader } from './reader.js'

const START: ClassFlags = { isUnicode: true, isVerbose: false, ignoresCase: false }

/** Which letters turn which of our flags; RE2 knows i, m, s and U itself. */
const KNOWN_TO_RE2 = new Set(['i', 'm', 's', 'U'])

/**
 * Writes a pattern of Rust's regex crate, which is what Sockudo reads, as RE2 reads it with the same meaning. What RE2 has besides
 * (`\Q…\E`) is left as it is.
 * @throws PatternError where RE2 cannot say the same
 */
export function translate(source: string): string {
  const reader = new PatternReader(source)
  const scopes: ClassFlags[] = []
  let flags = START
  let text = ''

  const parts: Readonly<Record<string, () => string>> = {
    '\\': () => translateEscape(reader, flags),
    '[': () => translateClass(reader, flags),
    '(': () => {
      const group = readGroup(reader, flags)
      if (group.opens) scopes.push(flags)
      flags = group.flags
      return group.text
    },
    ')': () => {
      flags = scopes.pop() ?? flags
      return ')'
    },
    '{': () => (reader.peek() === ',' ? '{0' : '{'),
  }

  for (;;) {
    if (flags.isVerbose) reader.skipBlanks()
    if (reader.isAtEnd) return text
    const point = reader.next()
    text += parts[point]?.() ?? point
  }
}

function translateEscape(reader: PatternReader, { isUnicode }: ClassFlags): string {
  const letter = reader.next()
  if (isPerlClass(letter)) return perlClass(letter, isUnicode)
  if (letter === 'p' || letter === 'P') {
    const name = reader.takes('{') ? reader.until('}') : reader.next()
    return `\\${letter}{${name}}`
  }
  if (letter === 'b' || letter === 'B') return wordBoundary(letter, reader, isUnicode)
  if (letter === 'A' || letter === 'z') return `\\${letter}`
  if (letter === 'Q') return [...reader.until('\\E')].map((point) => literal(point.codePointAt(0) ?? 0)).join('')
  const codePoint = escapedCodePoint(letter, reader)
  if (codePoint !== null) return literal(codePoint)
  throw new PatternError(`a regular expression without \\${letter}, which Rust's regex crate or RE2 does not have`)
}

/** RE2's boundary knows ASCII words only, and no others can be put together from what it has. */
function wordBoundary(letter: string, reader: PatternReader, isUnicode: boolean): string {
  if (reader.peek() === '{')
    throw new PatternError(String.raw`a regular expression without \b{…}, which RE2 does not have`)
  if (!isUnicode) return `\\${letter}`
  throw new PatternError(
    `a regular expression without \\${letter}, which matches words of all languages in Rust, but only ASCII in RE2; ` +
      `(?-u:\\${letter}) is the ASCII one in both`,
  )
}

interface Group {
  readonly text: string
  readonly flags: ClassFlags
  /** Whether a `)` will end it. */
  readonly opens: boolean
}

function readGroup(reader: PatternReader, flags: ClassFlags): Group {
  if (!reader.takes('?')) return { text: '(', flags, opens: true }
  if (['=', '!', '<=', '<!'].some((sign) => reader.startsWith(sign))) {
    throw new PatternError('a regular expression without look-around, which can take unbounded time')
  }
  if (reader.takes('P<') || reader.takes('<')) return { text: `(?P<${reader.until('>')}>`, flags, opens: true }
  let letters = ''
  while (/^[A-Za-z-]$/.test(reader.peek())) letters += reader.next()
  const opens = reader.peek() === ':'
  if (!opens && reader.peek() !== ')')
    throw new PatternError('a regular expression whose groups begin with (, (?: or (?<name>')
  reader.next()
  return { ...withFlags(letters, flags, opens), opens }
}

function withFlags(letters: string, before: ClassFlags, opens: boolean): Pick<Group, 'text' | 'flags'> {
  const [on = '', off = ''] = letters.split('-', 2)
  const unknown = [...on, ...off].find((letter) => !KNOWN_TO_RE2.has(letter) && letter !== 'x' && letter !== 'u')
  if (unknown !== undefined) {
    throw new PatternError(`a regular expression without the flag ${unknown}, which RE2 does not have`)
  }
  const turned = (letter: string, now: boolean) => (on.includes(letter) ? true : off.includes(letter) ? false : now)
  const flags = {
    isUnicode: turned('u', before.isUnicode),
    isVerbose: turned('x', before.isVerbose),
    ignoresCase: turned('i', before.ignoresCase),
  }
  const kept = (of: string) => [...of].filter((letter) => KNOWN_TO_RE2.has(letter)).join('')
  const forRe2 = kept(on) + (kept(off) === '' ? '' : `-${kept(off)}`)
  if (opens) return { text: `(?${forRe2}:`, flags }
  return { text: forRe2 === '' ? '' : `(?${forRe2})`, flags }
}
