import type { Duration } from '../time/duration.js'
import { Timer } from '../time/timer.js'

interface Waiter {
  retry(): void
  giveUp(reason: 'timeout' | 'closed'): void
}

export type WaitResult<T> = { readonly kind: 'found'; readonly value: T } | { readonly kind: 'timeout' | 'closed' }

/** Those who wait for something to arrive, served first come, first served. */
export class Waiters {
  readonly #waiting = new Set<Waiter>()
  #closed = false

  /**
   * Resolves with the first value other than undefined that `find` gives: now, or after a `notify()`. Rejects with what
   * `find` throws.
   */
  wait<T>(find: () => T | undefined, timeoutMs: Duration): Promise<WaitResult<T>> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        timer.clear()
        this.#waiting.delete(waiter)
      }
      const giveUp = (kind: 'timeout' | 'closed') => {
        leave()
        resolve({ kind })
      }
      const retry = () => {
        try {
          const value = find()
          if (value === undefined) return
          resolve({ kind: 'found', value })
        } catch (error) {
          reject(error)
        }
        leave()
      }
      const waiter: Waiter = { retry, giveUp }
      const timer = new Timer(timeoutMs, () => giveUp('timeout'))
      this.#waiting.add(waiter)
      retry()
      if (this.#closed) giveUp('closed')
    })
  }

  notify(): void {
    for (const waiter of this.#waiting) waiter.retry()
  }

  close(): void {
    this.#closed = true
    for (const waiter of this.#waiting) waiter.giveUp('closed')
  }
}
