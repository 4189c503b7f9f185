import type { DroppedReport, Notice } from '../shard/messages.js'
import type { DispatcherEvents, Logger } from './events.js'

/** Between two log lines about drops of one endpoint, in ms. */
const DROP_LOG_INTERVAL_MS = 1000

type Notify = <Name extends keyof DispatcherEvents>(name: Name, ...args: DispatcherEvents[Name]) => void

/** Turns what shards report into log lines and the dispatcher's events. */
export class DispatcherNotices {
  /** When each endpoint's drops were last logged, in ms; the longest ago first. */
  readonly #dropsLoggedAt = new Map<string, number>()
  readonly #logger: Logger
  readonly #notify: Notify
  readonly #clock: () => number

  /** @param clock monotonic, in ms */
  constructor(logger: Logger, notify: Notify, clock: () => number) {
    this.#logger = logger
    this.#notify = notify
    this.#clock = clock
  }

  receive(notice: Notice): void {
    switch (notice.kind) {
      case 'delivered':
        this.#notify('delivered', notice.report)
        break
      case 'failed':
        this.#notify('failed', notice.report)
        break
      case 'dead-letter':
        this.#notify('dead-letter', notice.report)
        break
      case 'dropped':
        this.#logDrops(notice.report)
        this.#notify('dropped', notice.report)
        break
      case 'endpoint-open':
        this.#logger.warn(notice.report, 'requests to an endpoint are paused')
        this.#notify('endpoint-open', notice.report)
        break
      case 'endpoint-closed':
        this.#logger.info(notice.report, 'requests to an endpoint have resumed')
        this.#notify('endpoint-closed', notice.report)
        break
      case 'actor-restart':
        this.#logger.error({ app: notice.app, error: notice.error, quarantined: notice.quarantined }, 'an actor failed')
        break
      case 'slab-quarantined': {
        const { kind: _, ...fields } = notice
        this.#logger.error(fields, 'a batch in memory is inconsistent: it is set aside and not delivered')
      }
    }
  }

  /** One line per second and endpoint; the event and `dropped_oldest` count every drop. */
  #logDrops(report: DroppedReport): void {
    const nowMs = this.#clock()
    for (const [endpoint, loggedAt] of this.#dropsLoggedAt) {
      if (nowMs - loggedAt < DROP_LOG_INTERVAL_MS) break
      this.#dropsLoggedAt.delete(endpoint)
    }
    const endpoint = JSON.stringify([report.app, report.endpoint])
    if (this.#dropsLoggedAt.has(endpoint)) return
    this.#dropsLoggedAt.set(endpoint, nowMs)
    this.#logger.warn(report, 'an endpoint has no room: its oldest batches are dropped')
  }
}
