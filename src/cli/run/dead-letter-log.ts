import type { Dispatcher, FailedReport, Logger } from '../../index.js'

/** Between two lines about the same endpoint, in ms. */
const INTERVAL_MS = 1000

interface Since {
  batches: number
  events: number
  last: FailedReport
}

/**
 * Logs batches that were given up: the first of an endpoint at once, those of the second that follows in one line. A dead receiver
 * of a busy app makes thousands.
 */
export class DeadLetterLog {
  /** What each endpoint has lost since its last line. */
  readonly #since = new Map<string, Since | null>()
  readonly #logger: Logger
  #timer: NodeJS.Timeout | null = null

  constructor(logger: Logger) {
    this.#logger = logger
  }

  listenTo(dispatcher: Pick<Dispatcher, 'on'>): void {
    dispatcher.on('failed', (report) => this.#failed(report))
  }

  /** Writes what is still unsaid. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#say()
  }

  #failed(report: FailedReport): void {
    const endpoint = JSON.stringify([report.app, report.endpoint])
    const since = this.#since.get(endpoint)
    if (since === undefined) {
      this.#since.set(endpoint, null)
      this.#write({ batches: 1, events: report.events, last: report })
    } else {
      const { batches, events } = since ?? { batches: 0, events: 0 }
      this.#since.set(endpoint, { batches: batches + 1, events: events + report.events, last: report })
    }
    this.#timer ??= setInterval(() => this.#say(), INTERVAL_MS).unref()
  }

  #say(): void {
    for (const [endpoint, since] of this.#since) {
      if (since === null) this.#since.delete(endpoint)
      else {
        this.#since.set(endpoint, null)
        this.#write(since)
      }
    }
    if (this.#since.size > 0 || this.#timer === null) return
    clearInterval(this.#timer)
    this.#timer = null
  }

  #write({ batches, events, last }: Since): void {
    const { app, endpoint, cause, status, error, attempts, id } = last
    this.#logger.error({ app, endpoint, batches, events, cause, status, error, attempts, id }, 'events were given up')
  }
}
