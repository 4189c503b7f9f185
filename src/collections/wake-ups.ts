interface WakeUp<Subject> {
  readonly subject: Subject
  atMs: number
  /** Its place in the heap. */
  index: number
}

/** Numbered things that want to be called at a time, the earliest first: a binary heap with one entry for each of them. */
export class WakeUps<Subject extends number = number> {
  readonly #heap: WakeUp<Subject>[] = []
  readonly #bySubject = new Map<Subject, WakeUp<Subject>>()

  get nextAtMs(): number {
    return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY
  }

  /** Sets when `subject` is called next, instead of what was set before; Infinity: not at all. */
  set(subject: Subject, atMs: number): void {
    const known = this.#bySubject.get(subject)
    if (atMs === Number.POSITIVE_INFINITY) {
      if (known !== undefined) this.#remove(known)
    } else if (known === undefined) {
      const wakeUp = { subject, atMs, index: this.#heap.length }
      this.#bySubject.set(subject, wakeUp)
      this.#heap.push(wakeUp)
      this.#up(wakeUp)
    } else if (known.atMs !== atMs) {
      known.atMs = atMs
      this.#up(known)
      this.#down(known)
    }
  }

  takeDue(nowMs: number): Subject | undefined {
    const first = this.#heap[0]
    if (first === undefined || first.atMs > nowMs) return undefined
    this.#remove(first)
    return first.subject
  }

  #remove(wakeUp: WakeUp<Subject>): void {
    this.#bySubject.delete(wakeUp.subject)
    const last = this.#heap.pop()
    if (last === undefined || last === wakeUp) return
    this.#put(last, wakeUp.index)
    this.#up(last)
    this.#down(last)
  }

  #up(wakeUp: WakeUp<Subject>): void {
    for (;;) {
      const parent = wakeUp.index === 0 ? undefined : this.#heap[(wakeUp.index - 1) >>> 1]
      if (parent === undefined || parent.atMs <= wakeUp.atMs) return
      this.#swap(parent, wakeUp)
    }
  }

  #down(wakeUp: WakeUp<Subject>): void {
    for (;;) {
      const left = this.#heap[2 * wakeUp.index + 1]
      const right = this.#heap[2 * wakeUp.index + 2]
      const child = left !== undefined && right !== undefined && right.atMs < left.atMs ? right : left
      if (child === undefined || child.atMs >= wakeUp.atMs) return
      this.#swap(wakeUp, child)
    }
  }

  #swap(a: WakeUp<Subject>, b: WakeUp<Subject>): void {
    const { index } = a
    this.#put(a, b.index)
    this.#put(b, index)
  }

  #put(wakeUp: WakeUp<Subject>, index: number): void {
    wakeUp.index = index
    this.#heap[index] = wakeUp
  }
}
