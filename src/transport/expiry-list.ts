import { type Linked, LinkedList } from '../collections/linked-list.js'

/** What can be in an `ExpiryList`. */
export interface Expiring extends Linked<Expiring> {
  /** In ms; Infinity: it is in no list. */
  expiresAtMs: number
  /** Its time is up. */
  expire(): void
}

/** Those that are given equally long, so that who comes last goes last. */
export class ExpiryList {
  readonly #items = new LinkedList<Expiring>()

  get isEmpty(): boolean {
    return this.#items.first === null
  }

  /** When the first one's time is up, in ms; Infinity: the list is empty. */
  get nextAtMs(): number {
    return this.#items.first?.expiresAtMs ?? Number.POSITIVE_INFINITY
  }

  /** @param expiresAtMs not before that of any other */
  add(item: Expiring, expiresAtMs: number): void {
    item.expiresAtMs = expiresAtMs
    this.#items.push(item)
  }

  /** Does nothing when it is in no list any more. */
  remove(item: Expiring): void {
    if (item.expiresAtMs === Number.POSITIVE_INFINITY) return
    item.expiresAtMs = Number.POSITIVE_INFINITY
    this.#items.remove(item)
  }

  /** Takes the first one out if its time is up. */
  takeDue(nowMs: number): Expiring | null {
    const { first } = this.#items
    if (first === null || first.expiresAtMs > nowMs) return null
    this.remove(first)
    return first
  }
}
