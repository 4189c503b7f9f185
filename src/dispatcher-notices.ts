import type { DispatcherEvents, Logger } from './dispatcher-events.js'
import type { DroppedReport, Notice } from './shard/messages.js'

/** Between two log lines about drops of one endpoint, in ms. */
const DROP_LOG_INTERVAL_MS = 1000

/** Turns what shards tell into log lines and the dispatcher's events. */
export class DispatcherNotices {
  /** When each endpoint's drops were last logged, in ms; the longest ago first. */
  private readonly dropsLoggedAt = new Map<string, number>()

  constructor(
    private readonly logger: Logger,
    private readonly tell: <Name extends keyof DispatcherEvents>(name: Name, ...args: DispatcherEvents[Name]) => void,
    private readonly clock: () => number,
  ) {}

  receive(notice: Notice): void {
    switch (notice.kind) {
      case 'delivered':
        this.tell('delivered', notice.report)
        break
      case 'failed':
        this.tell('failed', notice.report)
        break
      case 'dead-letter':
        this.tell('dead-letter', notice.report)
        break
      case 'dropped':
        this.logDrops(notice.report)
        this.tell('dropped', notice.report)
        break
      case 'endpoint-open':
        this.logger.warn(notice.report, 'an endpoint gets no requests for now')
        this.tell('endpoint-open', notice.report)
        break
      case 'endpoint-closed':
        this.logger.info(notice.report, 'an endpoint gets requests again')
        this.tell('endpoint-closed', notice.report)
        break
      case 'actor-restart':
        this.logger.error({ app: notice.app, error: notice.error, quarantined: notice.quarantined }, 'an actor failed')
    }
  }

  /** One line a second and endpoint; the event and `dropped_oldest` tell of every drop. */
  private logDrops(report: DroppedReport): void {
    const nowMs = this.clock()
    for (const [endpoint, loggedAt] of this.dropsLoggedAt) {
      if (nowMs - loggedAt < DROP_LOG_INTERVAL_MS) break
      this.dropsLoggedAt.delete(endpoint)
    }
    const endpoint = JSON.stringify([report.app, report.endpoint])
    if (this.dropsLoggedAt.has(endpoint)) return
    this.dropsLoggedAt.set(endpoint, nowMs)
    this.logger.warn(report, 'an endpoint has no room: its oldest batches are dropped')
  }
}
