import type { Offsets } from './json-positions.js'
import { formatKey } from './path.js'

const BARE_OR_QUOTED = /(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')/y
const BLANK = /(?:[ \t\r\n]|#[^\n]*)*/y
const SPACE = /[ \t]*/y
const STRING = /"""(?:[^\\]|\\[\s\S])*?"""+|'''[\s\S]*?'''+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y
const WORD = /[^\s,\]}#]+(?: \d[^\s,\]}#]*)?/y

/** Finds where each key of a text of TOML begins. The text has been parsed before. */
export function tomlOffsets(text: string): Offsets {
  const offsets = new Map<string, number>()
  const keysOf = new Map<string, Set<string>>()
  const lengths = new Map<string, number>()
  let at = 0

  const skip = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0] ?? ''
    at += found.length
    return found
  }
  const member = (parent: string, key: string, offset: number): string => {
    const keys = keysOf.get(parent) ?? new Set()
    keysOf.set(parent, keys.add(key))
    const path = parent + formatKey(key, parent === '', () => [...keys].indexOf(key) + 1)
    if (!offsets.has(path)) offsets.set(path, offset)
    return path
  }
  /** @param opens what an array of tables is entered at: its last one */
  const dotted = (start: string, opens: boolean): string => {
    let path = start
    do {
      skip(SPACE)
      const offset = at
      const token = skip(BARE_OR_QUOTED)
      if (opens) path += lastItem(path)
      path = member(path, unquoted(token), offset)
      skip(SPACE)
    } while (text[at] === '.' && ++at > 0)
    return path
  }
  const lastItem = (path: string) => (lengths.has(path) ? `[${(lengths.get(path) ?? 1) - 1}]` : '')
  const value = (path: string): void => {
    if (text[at] === '[') {
      items(path)
    } else if (text[at] === '{') {
      inlineTable(path)
    } else if (skip(STRING) === '') {
      skip(WORD)
    }
  }
  const items = (path: string): void => {
    at++
    for (let index = 0; ; index++) {
      skip(BLANK)
      if (at >= text.length || text[at] === ']') break
      offsets.set(`${path}[${index}]`, at)
      const before = at
      value(`${path}[${index}]`)
      skip(BLANK)
      if (text[at] === ',') at++
      // A form that is not known here must not hold up the program.
      if (at === before) break
    }
    at++
  }
  const inlineTable = (path: string): void => {
    at++
    for (;;) {
      skip(BLANK)
      if (at >= text.length || text[at] === '}') break
      pair(path)
      skip(BLANK)
      if (text[at] === ',') at++
    }
    at++
  }
  const pair = (table: string): void => {
    const path = dotted(table, false)
    // Past the equals sign. What is none has been refused before.
    at++
    skip(SPACE)
    value(path)
  }

  let table = ''
  for (;;) {
    skip(BLANK)
    if (at >= text.length) return offsets
    const before = at
    if (text.startsWith('[[', at)) {
      at += 2
      const path = dotted('', true)
      const length = lengths.get(path) ?? 0
      lengths.set(path, length + 1)
      table = `${path}[${length}]`
      offsets.set(table, before)
      at = text.indexOf(']]', at) + 2
    } else if (text[at] === '[') {
      at++
      table = dotted('', true)
      at = text.indexOf(']', at) + 1
    } else {
      pair(table)
    }
    if (at <= before) return offsets
  }
}

function unquoted(token: string): string {
  if (token.startsWith("'")) return token.slice(1, -1)
  if (!token.startsWith('"')) return token
  try {
    return String(JSON.parse(token))
  } catch {
    return token.slice(1, -1)
  }
}
