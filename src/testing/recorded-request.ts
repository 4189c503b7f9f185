import type { IncomingHttpHeaders } from 'node:http'
import type { ReceivedWebhook, WebhookError, WebhookEvent } from '../receiver/index.js'
import type { Fault } from './faults.js'

/** One request, as it came. */
export interface RecordedRequest {
  /** The method. */
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** As node:http gives them. */
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they came over the wire. */
  readonly rawHeaders: readonly string[]
  /** The raw body; empty when a fault struck before it was read. */
  readonly body: Buffer
  /** When its body was complete, Unix time in ms. */
  readonly receivedAtMs: number
  /** `webhook-id`; null: it had none. */
  readonly id: string | null
  /** How many requests with this id there have been, this one included; 1 without an id. */
  readonly attempt: number
  /** The number of its connection, from 1. */
  readonly connection: number
  /** The webhook, when its signature and body are good; null otherwise, and when nothing is verified. */
  readonly webhook: ReceivedWebhook | null
  /** Its events, acknowledged or not; empty when there is an error. */
  readonly events: readonly WebhookEvent[]
  /** What is wrong with it; null: nothing. */
  readonly error: WebhookError | null
  /** The fault that struck it; null: none. */
  readonly fault: Fault | null
}

export type Finding = Pick<RecordedRequest, 'webhook' | 'events' | 'error'>

/** Says in a line what arrived, for a test that waited for something else. */
export function summarize(requests: readonly RecordedRequest[]): string {
  if (requests.length === 0) return 'no request arrived'
  const events = count(requests.flatMap((request) => request.events.map(({ name }) => name as string)))
  const errors = count(requests.flatMap(({ error }) => (error === null ? [] : `${error.code}: ${error.message}`)))
  const faults = count(requests.flatMap(({ fault }) => (fault === null ? [] : JSON.stringify(fault))))
  return [
    `arrived: ${requests.length} requests`,
    list('events', events),
    list('invalid', errors),
    list('faults', faults),
  ]
    .filter((part) => part !== '')
    .join('; ')
}

function count(names: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, times]) => (times === 1 ? name : `${name} ×${times}`))
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `${title}: ${items.join(', ')}`
}
