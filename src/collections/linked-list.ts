/** What can be in one `LinkedList` at a time, with its place there. */
export interface Linked<Item> {
  previous: Item | null
  next: Item | null
}

/** Items linked through themselves: coming, and going from anywhere, allocates nothing. */
export class LinkedList<Item extends Linked<Item>> {
  #head: Item | null = null
  #tail: Item | null = null

  get first(): Item | null {
    return this.#head
  }

  /** Appends an item that is in no list. */
  push(item: Item): void {
    item.previous = this.#tail
    if (this.#tail === null) this.#head = item
    else this.#tail.next = item
    this.#tail = item
  }

  /** Takes out an item that is in this list. */
  remove(item: Item): void {
    const { previous, next } = item
    if (previous === null) this.#head = next
    else previous.next = next
    if (next === null) this.#tail = previous
    else next.previous = previous
    item.previous = null
    item.next = null
  }
}
