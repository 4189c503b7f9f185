import type { Logger } from '../../index.js'
import type { Refusal } from './refusals.js'

/** How long a stall may last before it is worth a line, in ms. */
const WORTH_SAYING_MS = 5000

export interface Stall {
  /** The event waits no longer, and the next line is read. */
  end(): void
  /** The event is left waiting, and nothing more is read. */
  abandon(): void
}

/** Logs that an event has waited for long, and when it waits no more. */
export class StallLog {
  readonly #logger: Logger
  readonly #worthSayingMs: number

  constructor(logger: Logger, worthSayingMs = WORTH_SAYING_MS) {
    this.#logger = logger
    this.#worthSayingMs = worthSayingMs
  }

  /** An event begins to wait. */
  begin(line: number, app: string, cause: Refusal): Stall {
    let isSaid = false
    const timer = setTimeout(() => {
      isSaid = true
      this.#logger.warn({ line, app, cause }, 'standard input is not being read: an event waits to be accepted')
    }, this.#worthSayingMs).unref()
    return {
      end: () => {
        clearTimeout(timer)
        if (isSaid) this.#logger.info({ line, app }, 'standard input is being read again')
      },
      abandon: () => clearTimeout(timer),
    }
  }
}
