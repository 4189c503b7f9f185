import type { WebhookEvent } from '../receiver/index.js'
import type { RecordedRequest } from './recorded-request.js'

/** What has come, and what of it the test has not looked at yet. */
export class Recorder {
  readonly requests: RecordedRequest[] = []
  /** Events of acknowledged deliveries, once each. */
  readonly received: WebhookEvent[] = []
  /** Good requests whose delivery had been acknowledged before. */
  readonly duplicates: RecordedRequest[] = []
  readonly #unseenEvents: WebhookEvent[] = []
  readonly #unseenRequests: RecordedRequest[] = []
  readonly #attempts = new Map<string, number>()
  readonly #acknowledged = new Set<string>()

  /** Counts an attempt of the delivery. */
  countAttempt(id: string | null): number {
    if (id === null) return 1
    const attempt = (this.#attempts.get(id) ?? 0) + 1
    this.#attempts.set(id, attempt)
    return attempt
  }

  add(request: RecordedRequest): void {
    this.requests.push(request)
    this.#unseenRequests.push(request)
  }

  /** The request is acknowledged: its events are received, unless an attempt before it was acknowledged. */
  acknowledge(request: RecordedRequest): void {
    if (request.id !== null && this.#acknowledged.has(request.id)) {
      this.duplicates.push(request)
      return
    }
    if (request.id !== null) this.#acknowledged.add(request.id)
    for (const event of request.events) {
      this.received.push(event)
      this.#unseenEvents.push(event)
    }
  }

  /** The first event that has not been taken; undefined: none. */
  takeEvent(name: string | undefined): WebhookEvent | undefined {
    const index = this.#unseenEvents.findIndex((event) => name === undefined || event.name === name)
    return index < 0 ? undefined : this.#unseenEvents.splice(index, 1)[0]
  }

  /** The first request that has not been taken; undefined: none. */
  takeRequest(): RecordedRequest | undefined {
    return this.#unseenRequests.shift()
  }
}
