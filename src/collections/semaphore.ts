import { Fifo } from './fifo.js'

/** Lets so much work run at once; what comes later waits, in its order. */
export class Semaphore {
  #free: number
  readonly #waiting = new Fifo<() => void>()

  constructor(permits: number) {
    this.#free = permits
  }

  /** @returns what the work returns. @throws what it throws */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
