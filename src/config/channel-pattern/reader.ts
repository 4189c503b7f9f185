import { PatternError } from './pattern-error.js'

/** Walks over a pattern, code point by code point. */
export class PatternReader {
  readonly #points: readonly string[]
  #at = 0

  constructor(source: string) {
    this.#points = [...source]
  }

  /** The code point `ahead` of the next one; '' past the end. */
  peek(ahead = 0): string {
    return this.#points[this.#at + ahead] ?? ''
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#points.length
  }

  next(): string {
    const point = this.peek()
    this.#at++
    return point
  }

  /** Steps over `text` if it comes next. */
  takes(text: string): boolean {
    if (!this.startsWith(text)) return false
    this.#at += [...text].length
    return true
  }

  startsWith(text: string): boolean {
    return [...text].every((point, ahead) => this.peek(ahead) === point)
  }

  /** What comes before `end`, which is stepped over too. */
  until(end: string): string {
    let text = ''
    while (!this.takes(end)) {
      if (this.isAtEnd) throw new PatternError(`a regular expression that closes what it opens with ${end}`)
      text += this.next()
    }
    return text
  }

  /** Steps over what verbose mode ignores: white space, and comments up to the end of their line. */
  skipBlanks(): void {
    while (!this.isAtEnd && (/\s/.test(this.peek()) || this.peek() === '#')) {
      if (this.next() !== '#') continue
      while (!this.isAtEnd && this.next() !== '\n');
    }
  }
}
