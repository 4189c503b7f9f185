const BYTES = BigInt64Array.BYTES_PER_ELEMENT
const FREE = 0n

/** How long the slot stays taken when its holder says nothing more, in ns. */
const LEASE_NS = 5_000_000_000n

/** Memory for a slot. All threads that are given the same share the slot. */
export function createSlot(): SharedArrayBuffer {
  return new SharedArrayBuffer(BYTES)
}

/**
 * What one thread of many holds at a time. The memory is one word: 0 when free, else the time until which it is taken. The word
 * changes by compare-and-exchange only, and nothing else is published with it. A thread that dies cannot release it, so a lease that has run
 * out may be taken over; the former holder, if it lives after all, finds another time in the word and leaves it alone.
 */
export class SharedSlot {
  readonly #word: BigInt64Array
  #held = FREE

  /** @param now in ns, of a clock that all threads share and that never goes back */
  constructor(
    memory: SharedArrayBuffer,
    readonly now: () => bigint = process.hrtime.bigint,
  ) {
    this.#word = new BigInt64Array(memory)
  }

  /** @returns whether the slot is this thread's now */
  take(): boolean {
    const found = Atomics.load(this.#word, 0)
    const now = this.now()
    if (now < found) return false
    return this.#exchange(found, now + LEASE_NS)
  }

  /** To be called well within each lease. Does nothing when the slot is not this thread's any more. */
  renew(): void {
    if (this.#held !== FREE) this.#exchange(this.#held, this.now() + LEASE_NS)
  }

  /** Does nothing when the slot is not this thread's any more. */
  release(): void {
    if (this.#held !== FREE) this.#exchange(this.#held, FREE)
  }

  #exchange(expected: bigint, replacement: bigint): boolean {
    const isDone = Atomics.compareExchange(this.#word, 0, expected, replacement) === expected
    this.#held = isDone ? replacement : FREE
    return isDone
  }
}
