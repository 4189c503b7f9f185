/** What can be in an `ExpiryList`, with its place there. */
export interface Expiring {
  earlier: Expiring | null
  later: Expiring | null
  /** In ms; Infinity: it is in no list. */
  expiresAtMs: number
  /** Its time is up. */
  expire(): void
}

/** Those that are given equally long, so that who comes last goes last. Linked through themselves: coming and going allocates nothing. */
export class ExpiryList {
  #first: Expiring | null = null
  #last: Expiring | null = null

  get isEmpty(): boolean {
    return this.#first === null
  }

  /** When the first one's time is up, in ms; Infinity: the list is empty. */
  get nextAtMs(): number {
    return this.#first === null ? Number.POSITIVE_INFINITY : this.#first.expiresAtMs
  }

  /** @param expiresAtMs not before that of any other */
  add(item: Expiring, expiresAtMs: number): void {
    const last = this.#last
    item.expiresAtMs = expiresAtMs
    item.earlier = last
    if (last === null) this.#first = item
    else last.later = item
    this.#last = item
  }

  /** Does nothing when it is in no list any more. */
  remove(item: Expiring): void {
    if (item.expiresAtMs === Number.POSITIVE_INFINITY) return
    const { earlier, later } = item
    if (earlier === null) this.#first = later
    else earlier.later = later
    if (later === null) this.#last = earlier
    else later.earlier = earlier
    item.earlier = null
    item.later = null
    item.expiresAtMs = Number.POSITIVE_INFINITY
  }

  /** Takes the first one out if its time is up. */
  takeDue(nowMs: number): Expiring | null {
    const first = this.#first
    if (first === null || first.expiresAtMs > nowMs) return null
    this.remove(first)
    return first
  }
}
