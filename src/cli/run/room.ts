import type { Dispatcher } from '../../index.js'

/** Waits for the dispatcher's `'drain'`, which follows every refusal for want of room. */
export class Room {
  #waiting: (() => void)[] = []

  constructor(dispatcher: Pick<Dispatcher, 'on'>) {
    dispatcher.on('drain', () => this.#wake())
  }

  /** Resolves at the next `'drain'`, or when the signal aborts. To be called in the turn of the refusal. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      const stop = (): void => resolve()
      signal.addEventListener('abort', stop, { once: true })
      this.#waiting.push(() => {
        signal.removeEventListener('abort', stop)
        resolve()
      })
    })
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
