import type { EndpointNumber } from '../indexes.js'
import type { EndpointReport, Notice } from '../shard/messages.js'

/**
 * The open circuits of a shard's endpoints, as it has reported them. A thread that takes over knows of none and sends requests to
 * all endpoints again, so each of them is to be reported as closed then.
 */
export class OpenCircuits {
  /** By endpoint number. */
  readonly #open = new Map<EndpointNumber, EndpointReport>()

  receive(notice: Notice): void {
    if (notice.kind === 'endpoint-closed') this.#open.delete(notice.number)
    else if (notice.kind === 'endpoint-open' && notice.report.reason === 'failures') {
      this.#open.set(notice.number, notice.report)
    }
  }

  /** Forgets them all. @returns the notices that close them */
  closeAll(): Notice[] {
    const notices = [...this.#open].map(([number, report]) => ({ kind: 'endpoint-closed' as const, number, report }))
    this.#open.clear()
    return notices
  }
}
