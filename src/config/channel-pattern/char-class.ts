import { type CodePoints, difference, intersect, negate, union } from './code-points.js'
import { escapedCodePoint, literal } from './escape.js'
import { PatternError } from './pattern-error.js'
import { isPerlClass, perlClassMembers, perlClassSet } from './perl-classes.js'
import type { PatternReader } from './reader.js'

export interface ClassFlags {
  readonly isUnicode: boolean
  readonly isVerbose: boolean
  readonly ignoresCase: boolean
}

const OPERATORS = {
  '&&': intersect,
  '--': difference,
  '~~': (one: CodePoints, other: CodePoints) => union(difference(one, other), difference(other, one)),
} as const

/** Pairs of the first and the last character of each range. */
const POSIX: Readonly<Record<string, string>> = {
  alnum: '09AZaz',
  alpha: 'AZaz',
  ascii: '\0\x7f',
  blank: '\t\t  ',
  cntrl: '\0\x1f\x7f\x7f',
  digit: '09',
  graph: '!~',
  lower: 'az',
  print: ' ~',
  punct: '!/:@[`{~',
  space: '\t\r  ',
  upper: 'AZ',
  word: '09AZ__az',
  xdigit: '09AFaf',
}

/** A member of a class, in the words of RE2, and as a set, which takes long to make of all letters. */
interface Member {
  readonly text: string
  readonly set: () => CodePoints
}

/** What has been read of a class: plain members, which RE2 can read, or a set, which only we could work out. */
interface Read {
  readonly members: readonly Member[]
  readonly isPlain: boolean
  readonly isNegated: boolean
  readonly set: () => CodePoints
}

/** Reads a class of Rust's regex crate, whose `[` has been read, and writes it as RE2 reads it. */
export function translateClass(reader: PatternReader, flags: ClassFlags): string {
  const { members, isPlain, isNegated, set } = readClass(reader, flags)
  if (isPlain) return `[${isNegated ? '^' : ''}${members.map(({ text }) => text).join('')}]`
  if (flags.ignoresCase) {
    throw new PatternError('a regular expression without classes in classes, && or -- where case is ignored')
  }
  return textOf(set())
}

function readClass(reader: PatternReader, flags: ClassFlags): Read {
  const isNegated = reader.takes('^')
  const parts: { members: Member[]; nested: CodePoints[]; operator: keyof typeof OPERATORS | null }[] = []
  let part = { members: [] as Member[], nested: [] as CodePoints[], operator: null as keyof typeof OPERATORS | null }
  let isFirst = true
  for (;;) {
    if (flags.isVerbose) reader.skipBlanks()
    if (reader.isAtEnd) throw new PatternError('a regular expression whose classes are closed by ]')
    if (!isFirst && reader.takes(']')) break
    const operator = operatorAt(reader, isFirst)
    if (operator !== null) {
      parts.push(part)
      part = { members: [], nested: [], operator }
    } else if (reader.startsWith('[') && !reader.startsWith('[:')) {
      reader.next()
      part.nested.push(readClass(reader, flags).set())
    } else {
      part.members.push(readMember(reader, flags))
    }
    isFirst = false
  }
  parts.push(part)
  const isPlain = parts.length === 1 && part.nested.length === 0
  const set = () => {
    const all = parts.reduce<CodePoints>((before, { members, nested, operator }) => {
      const own = union(...members.map((member) => member.set()), ...nested)
      return operator === null ? own : OPERATORS[operator](before, own)
    }, [])
    return isNegated ? negate(all) : all
  }
  return { members: part.members, isPlain, isNegated, set }
}

/** Hyphens that a class begins with are themselves. */
function operatorAt(reader: PatternReader, isFirst: boolean): keyof typeof OPERATORS | null {
  if (isFirst) return null
  const operator = (['&&', '--', '~~'] as const).find((sign) => reader.startsWith(sign))
  if (operator === undefined || (operator === '--' && reader.peek(2) === ']')) return null
  reader.takes(operator)
  return operator
}

function readMember(reader: PatternReader, flags: ClassFlags): Member {
  if (reader.takes('[:')) return posix(reader.until(':]'))
  const first = readOne(reader, flags)
  if (typeof first !== 'number') return first
  if (flags.isVerbose) reader.skipBlanks()
  const isRange = reader.peek() === '-' && !['-', ']', ''].includes(reader.peek(1))
  if (!isRange) return { text: literal(first), set: () => [[first, first]] }
  reader.next()
  if (flags.isVerbose) reader.skipBlanks()
  const last = readOne(reader, flags)
  if (typeof last !== 'number' || last < first) {
    throw new PatternError('a regular expression whose ranges go from a lower character to a higher one')
  }
  return { text: `${literal(first)}-${literal(last)}`, set: () => [[first, last]] }
}

/** One code point, or a class that is named by an escape. */
function readOne(reader: PatternReader, { isUnicode }: ClassFlags): number | Member {
  const point = reader.next()
  if (point !== '\\') return point.codePointAt(0) ?? 0
  const letter = reader.next()
  if (isPerlClass(letter)) {
    const set = () => perlClassSet(letter, isUnicode)
    return { text: perlClassMembers(letter, isUnicode) ?? membersOf(set()), set }
  }
  if (letter === 'p' || letter === 'P') {
    const name = reader.takes('{') ? reader.until('}') : reader.next()
    return { text: `\\${letter}{${name}}`, set: unknownSet }
  }
  const codePoint = escapedCodePoint(letter, reader)
  if (codePoint !== null) return codePoint
  throw new PatternError(`a regular expression without \\${letter} in a class, which means nothing there`)
}

function unknownSet(): never {
  throw new PatternError(String.raw`a regular expression without \p in classes that hold classes, && or --`)
}

function posix(name: string): Member {
  const isNegated = name.startsWith('^')
  const plain = isNegated ? name.slice(1) : name
  const pairs = Object.hasOwn(POSIX, plain) ? POSIX[plain] : undefined
  if (pairs === undefined) {
    throw new PatternError(`a regular expression whose POSIX classes are ${Object.keys(POSIX).join(', ')}`)
  }
  const ranges = pairs.match(/[\s\S]{2}/g) ?? []
  const set = union(ranges.map((range) => [range.charCodeAt(0), range.charCodeAt(1)]))
  return { text: `[:${name}:]`, set: () => (isNegated ? negate(set) : set) }
}

function textOf(set: CodePoints): string {
  // RE2 has no empty class.
  return set.length === 0 ? String.raw`[^\x{0}-\x{10ffff}]` : `[${membersOf(set)}]`
}

function membersOf(set: CodePoints): string {
  return set.map(([first, last]) => (first === last ? literal(first) : `${literal(first)}-${literal(last)}`)).join('')
}
