import type { Clock } from '../../../../src/queue/sqs/consumption.js'

interface Waiting {
  readonly atMs: number
  readonly end: () => void
}

/** The Unix time at which a fake clock begins. */
const STARTED_AT = 1_700_000_000_000

/** A clock that goes on when a test says so. */
export class FakeClock implements Clock {
  #nowMs = 0
  #waiting: Waiting[] = []

  readonly now = (): number => this.#nowMs
  readonly unix = (): number => STARTED_AT + this.#nowMs

  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const end = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const waiting: Waiting = { atMs: this.#nowMs + ms, end }
      this.#waiting.push(waiting)
      signal.addEventListener('abort', end)
    })
  }

  /** Lets this time pass, and everything happen that waits for a moment in it. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms
    await settled()
    for (;;) {
      const next = this.#waiting.reduce<Waiting | null>((first, each) => {
        return each.atMs <= untilMs && (first === null || each.atMs < first.atMs) ? each : first
      }, null)
      if (next === null) break
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.end()
      await settled()
    }
    this.#nowMs = untilMs
    await settled()
  }
}

/** What follows from promises alone has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
