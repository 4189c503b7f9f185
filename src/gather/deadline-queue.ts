import type { AppIndex, EndpointNumber } from '../indexes.js'

/** A power of two. */
const FIRST_CAPACITY = 64

/** Deadline of one batch. */
export interface Deadline {
  readonly atMs: number
  readonly app: AppIndex
  readonly endpoint: EndpointNumber
  readonly generation: number
}

/** An entry's numbers, one behind the other. */
const Column = { App: 0, Endpoint: 1, Generation: 2 } as const
const COLUMNS = 3

/**
 * Deadlines that are asked for in their order, so that a FIFO is sorted by itself: adding and taking are O(1). One that would come
 * before its predecessor is put behind it.
 *
 * A circular buffer of numbers: as objects they would live for a window each, just long enough for the garbage collector to
 * take them for old ones, and its great collections hold the whole shard up.
 */
export class DeadlineQueue {
  #times = new Float64Array(FIRST_CAPACITY)
  #numbers = new Int32Array(FIRST_CAPACITY * COLUMNS)
  /** Free-running. */
  #first = 0
  #end = 0
  #lastAtMs = 0
  readonly #taken = { atMs: 0, app: 0, endpoint: 0, generation: 0 }

  /** Infinity: there is none. */
  get nextAtMs(): number {
    return this.#first === this.#end ? Number.POSITIVE_INFINITY : this.#timeAt(this.#first)
  }

  /** @returns when it will come, in ms */
  add(app: AppIndex, endpoint: EndpointNumber, generation: number, atMs: number): number {
    if (this.#end - this.#first === this.#times.length) this.#grow()
    this.#lastAtMs = Math.max(this.#lastAtMs, atMs)
    const place = this.#end % this.#times.length
    this.#times[place] = this.#lastAtMs
    this.#numbers[place * COLUMNS + Column.App] = app
    this.#numbers[place * COLUMNS + Column.Endpoint] = endpoint
    this.#numbers[place * COLUMNS + Column.Generation] = generation
    this.#end += 1
    return this.#lastAtMs
  }

  /** @returns the next one, until the next call: it is the same object each time. There must be one */
  take(): Deadline {
    const taken = this.#taken
    const numbers = this.#numbers
    const place = this.#first % this.#times.length
    taken.atMs = this.#timeAt(this.#first)
    taken.app = numbers[place * COLUMNS + Column.App] ?? 0
    taken.endpoint = numbers[place * COLUMNS + Column.Endpoint] ?? 0
    taken.generation = numbers[place * COLUMNS + Column.Generation] ?? 0
    this.#first += 1
    return taken
  }

  #timeAt(position: number): number {
    return this.#times[position % this.#times.length] ?? 0
  }

  /** Twice the room, what is in it at the beginning. */
  #grow(): void {
    const times = this.#times
    const numbers = this.#numbers
    const capacity = times.length
    const start = this.#first % capacity
    this.#times = new Float64Array(capacity * 2)
    this.#times.set(times.subarray(start))
    this.#times.set(times.subarray(0, start), capacity - start)
    this.#numbers = new Int32Array(capacity * 2 * COLUMNS)
    this.#numbers.set(numbers.subarray(start * COLUMNS))
    this.#numbers.set(numbers.subarray(0, start * COLUMNS), (capacity - start) * COLUMNS)
    this.#end -= this.#first
    this.#first = 0
  }
}
