import { BOARD_WORDS } from '../ring/layout.js'
import { RingProducer } from '../ring/producer.js'
import { Refusals } from './refusals.js'

const RETRY_MS = 5

/** The main thread's end of one shard: its ring, its markers and what is counted on this side. */
export class Link {
  readonly producer: RingProducer
  readonly counters: Float64Array
  readonly refusals: Refusals
  readonly #board: Int32Array
  /** Apps placed on this shard. */
  apps = 0
  /** The shard restarts too often: nothing more is accepted for it. */
  isDown = false
  /** The number of the last marker. */
  lastMarker = 0
  /** Markers that found no room: they go before any event. */
  readonly #waiting: number[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(
    readonly number: number,
    ring: SharedArrayBuffer,
    board: SharedArrayBuffer,
    counters: Float64Array,
    ringDoorbell: () => void,
  ) {
    this.producer = new RingProducer(ring, ringDoorbell)
    this.counters = counters
    this.#board = new Int32Array(board)
    this.refusals = new Refusals(this.producer, (app) => this.blocked(app))
  }

  /** @param at one of `HostCounter` */
  count(at: number): void {
    this.counters[at] = (this.counters[at] ?? 0) + 1
  }

  /** Whether events may be written: not while a marker waits for room, which they would overtake. */
  get isOpen(): boolean {
    return this.#waiting.length === 0 || this.#writeWaiting()
  }

  /** Event types (bits) of the app that only endpoints without room want, and `APP_FULL`. */
  blocked(app: number): number {
    return this.#board[app % BOARD_WORDS] ?? 0
  }

  /** Puts a marker behind the events so far. @returns its number */
  mark(): number {
    this.lastMarker = (this.lastMarker + 1) | 0
    this.#waiting.push(this.lastMarker)
    this.#writeWaiting()
    return this.lastMarker
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #writeWaiting(): boolean {
    for (let marker = this.#waiting[0]; marker !== undefined; marker = this.#waiting[0]) {
      if (!this.producer.writeMarker(marker)) {
        this.#timer ??= setTimeout(() => {
          this.#timer = null
          this.#writeWaiting()
        }, RETRY_MS)
        return false
      }
      this.#waiting.shift()
    }
    return true
  }
}
