import type { Logger } from '../../index.js'
import type { Refusal } from './refusals.js'

/** How long a stall may last before it is worth a line, in ms. */
const WORTH_SAYING_MS = 5000

/** Logs that an event has waited for long, and when it waits no more. */
export class StallLog {
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** An event begins to wait. @returns a function that ends it */
  begin(line: number, app: string, cause: Refusal): () => void {
    let isSaid = false
    const timer = setTimeout(() => {
      isSaid = true
      this.#logger.warn({ line, app, cause }, 'standard input is not being read: an event waits to be accepted')
    }, WORTH_SAYING_MS).unref()
    return () => {
      clearTimeout(timer)
      if (isSaid) this.#logger.info({ line, app }, 'standard input is being read again')
    }
  }
}
