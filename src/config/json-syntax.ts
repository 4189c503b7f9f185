/** Where a text stops being JSON. */
export interface JsonSyntaxError {
  /** In UTF-16 units from the start. */
  readonly offset: number
  /** What would be right there, as a noun. */
  readonly expected: string
}

const EXPECTED = {
  value: 'a value',
  firstItem: 'a value or "]"',
  afterItem: '"," or "]"',
  key: 'a key in double quotes',
  firstKey: 'a key in double quotes or "}"',
  colon: '":"',
  afterMember: '"," or "}"',
  end: 'nothing more',
}

type State = keyof typeof EXPECTED

/** The states that punctuation leads to; `closed`: the innermost array or object ends. */
const PUNCTUATION: Readonly<Record<State, Readonly<Record<string, State | 'closed'>>>> = {
  value: { '[': 'firstItem', '{': 'firstKey' },
  firstItem: { '[': 'firstItem', '{': 'firstKey', ']': 'closed' },
  afterItem: { ',': 'value', ']': 'closed' },
  key: {},
  firstKey: { '}': 'closed' },
  colon: { ':': 'value' },
  afterMember: { ',': 'key', '}': 'closed' },
  end: {},
}

const SPACE = /[ \t\n\r]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y
const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** The states in which a string may come, and whether a number or a word may too. */
const TOKENS: Readonly<Partial<Record<State, 'any' | 'string'>>> = {
  value: 'any',
  firstItem: 'any',
  key: 'string',
  firstKey: 'string',
}

/**
 * Finds the first place where `text` breaks the grammar of JSON (RFC 8259); null: it is JSON. `JSON.parse` names a place
 * in some of its messages only, and quotes from the text, which may hold secrets.
 */
export function findJsonSyntaxError(text: string): JsonSyntaxError | null {
  /** What follows the value that is being read, the innermost last. */
  const following: State[] = ['end']
  let state: State = 'value'
  let offset = lengthAt(SPACE, text, 0)
  while (state !== 'end' || offset < text.length) {
    const punctuation = PUNCTUATION[state][text[offset] ?? '']
    const length = punctuation === undefined ? tokenLength(state, text, offset) : 1
    if (length === 0) return { offset, expected: expectedIn(state, text[offset]) }
    state = stateAfter(state, punctuation, following)
    offset += length
    offset += lengthAt(SPACE, text, offset)
  }
  return null
}

function expectedIn(state: State, char: string | undefined): string {
  const isBrokenString = char === '"' && TOKENS[state] !== undefined
  return isBrokenString ? 'a closed string with valid escapes' : EXPECTED[state]
}

/** @param punctuation undefined: a token was read */
function stateAfter(state: State, punctuation: State | 'closed' | undefined, following: State[]): State {
  if (punctuation === undefined && (state === 'key' || state === 'firstKey')) return 'colon'
  if (punctuation === 'firstItem') following.push('afterItem')
  if (punctuation === 'firstKey') following.push('afterMember')
  if (punctuation === 'closed') following.pop()
  const isValueRead = punctuation === undefined || punctuation === 'closed'
  return isValueRead ? (following.at(-1) ?? 'end') : punctuation
}

function tokenLength(state: State, text: string, offset: number): number {
  if (TOKENS[state] === undefined) return 0
  if (text[offset] === '"') return stringLength(text, offset)
  return TOKENS[state] === 'any' ? lengthAt(NUMBER_OR_WORD, text, offset) : 0
}

/** By hand, for a regular expression would need stack for every character. 0: the string does not end as it should. */
function stringLength(text: string, start: number): number {
  let offset = start + 1
  while (text[offset] !== '"') {
    const isPlain = text[offset] !== '\\' && text.charCodeAt(offset) >= 0x20
    const length = isPlain ? 1 : lengthAt(ESCAPE, text, offset)
    if (length === 0) return 0
    offset += length
  }
  return offset + 1 - start
}

function lengthAt(token: RegExp, text: string, offset: number): number {
  token.lastIndex = offset
  return token.exec(text)?.[0].length ?? 0
}
