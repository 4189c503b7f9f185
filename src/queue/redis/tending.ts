/** Calls something again and again, never twice at a time. */
export class Tending {
  readonly #everyMs: number
  readonly #work: () => Promise<void>
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> = Promise.resolve()
  #isStopped = false

  /** @param isAtOnce whether the first call does not wait */
  constructor(everyMs: number, work: () => Promise<void>, { isAtOnce = false } = {}) {
    this.#everyMs = everyMs
    this.#work = work
    this.#wait(isAtOnce ? 0 : everyMs)
  }

  /** Resolves when the last call has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#running
  }

  #wait(ms: number): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => {
      this.#running = this.#run()
    }, ms)
  }

  async #run(): Promise<void> {
    // A server that is away is reported by the next commit; the next call makes up for this one.
    await this.#work().catch(() => undefined)
    this.#wait(this.#everyMs)
  }
}
