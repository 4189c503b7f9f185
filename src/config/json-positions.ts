import { formatKey } from './path.js'

/** A path as `formatPath` writes it, and where its key or item begins, in UTF-16 units. */
export type Offsets = ReadonlyMap<string, number>

const TOKEN = /[{}[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+/g

interface Container {
  readonly path: string
  /** null: an array. */
  readonly keys: Set<string> | null
  index: number
}

/** Finds where each member and item of a text of JSON begins. The text has been parsed before. */
export function jsonOffsets(text: string): Offsets {
  const finder = new Finder()
  for (const { 0: token, index } of text.matchAll(TOKEN)) finder.read(token, index)
  return finder.offsets
}

class Finder {
  readonly offsets = new Map<string, number>()
  readonly #open: Container[] = []
  /** Of the value that comes next. */
  #path = ''
  #expectsKey = false

  read(token: string, offset: number): void {
    if (token === ':') return
    if (token === ',') this.#nextMember()
    else if (token === '}' || token === ']') this.#open.pop()
    else if (this.#expectsKey) this.#key(String(JSON.parse(token)), offset)
    else this.#value(token, offset)
  }

  #nextMember(): void {
    const container = this.#open.at(-1)
    if (container === undefined) return
    container.index++
    this.#expectsKey = container.keys !== null
  }

  #key(key: string, offset: number): void {
    const { path = '', keys = null } = this.#open.at(-1) ?? {}
    keys?.add(key)
    this.#path = path + formatKey(key, path === '', () => keys?.size ?? 0)
    this.offsets.set(this.#path, offset)
    this.#expectsKey = false
  }

  #value(token: string, offset: number): void {
    const container = this.#open.at(-1)
    if (container?.keys === null) {
      this.#path = `${container.path}[${container.index}]`
      this.offsets.set(this.#path, offset)
    }
    if (token !== '{' && token !== '[') return
    this.#open.push({ path: this.#path, keys: token === '{' ? new Set() : null, index: 0 })
    this.#expectsKey = token === '{'
  }
}
