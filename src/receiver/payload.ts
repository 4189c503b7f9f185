import { eventProblem, type WebhookEvent } from './events.js'
import { WebhookError } from './webhook-error.js'

export interface Payload {
  readonly timeMs: number
  readonly events: readonly WebhookEvent[]
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads an envelope, `{"time_ms":…,"events":[…]}`, or a bare event. */
export function parsePayload(body: Uint8Array): Payload | WebhookError {
  const json = parseJson(body)
  if (json instanceof WebhookError) return json
  if (!isObject(json.value)) return badBody('it is not a JSON object')
  const { time_ms: timeMs, events } = json.value
  if (typeof timeMs !== 'number') return badBody('time_ms is not a number')
  if (events === undefined) {
    return isEvent(json.value) ? { timeMs, events: [json.value] } : badBody(problemOf(json.value))
  }
  if (!Array.isArray(events)) return badBody('events is not an array')
  return isEvents(events) ? { timeMs, events } : badBody(firstProblem(events))
}

function parseJson(body: Uint8Array): { readonly value: unknown } | WebhookError {
  try {
    return { value: JSON.parse(utf8.decode(body)) }
  } catch (cause) {
    return badBody('it is not JSON in UTF-8', cause)
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isEvent(value: unknown): value is WebhookEvent {
  return isObject(value) && eventProblem(value) === null
}

function isEvents(values: readonly unknown[]): values is readonly WebhookEvent[] {
  return values.every(isEvent)
}

function problemOf(value: unknown): string {
  return (isObject(value) ? eventProblem(value) : 'it is not an object') ?? 'it is not an event'
}

function firstProblem(values: readonly unknown[]): string {
  const index = values.findIndex((value) => !isEvent(value))
  return `events[${index}]: ${problemOf(values[index])}`
}

function badBody(problem: string, cause?: unknown): WebhookError {
  return new WebhookError('BAD_BODY', `the body is not a webhook: ${problem}`, cause === undefined ? {} : { cause })
}
