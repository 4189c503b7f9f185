import type { EmitEvent } from '../../index.js'

/** What a line of the input says. */
export type EventLine =
  | { readonly kind: 'event'; readonly app: string; readonly event: EmitEvent }
  | { readonly kind: 'blank' }
  | { readonly kind: 'invalid'; readonly reason: string }

const BLANK = /^[ \t]*$/
const UTF_8 = new TextDecoder('utf-8', { fatal: true })

/** Reads a line. What an event must hold is checked when it is emitted. @param bytes null for a line that is too long */
export function readEventLine(bytes: Buffer | null): EventLine {
  if (bytes === null) return invalid('it is longer than --max-line allows')
  const text = decode(bytes)
  if (text === null) return invalid('it is not UTF-8')
  if (BLANK.test(text)) return { kind: 'blank' }
  const value = parse(text)
  if (value === undefined) return invalid('it is not JSON')
  if (!isObject(value)) return invalid('it is not a JSON object')
  const { app, ...event } = value
  if (typeof app !== 'string' || app === '') return invalid('"app" must be the id of an app, as a string')
  if (hasLostDigits(event.user_id))
    return invalid('"user_id" is a number too large to keep its digits; write it as a string')
  return { kind: 'event', app, event: event as EmitEvent }
}

function invalid(reason: string): EventLine {
  return { kind: 'invalid', reason }
}

/** @returns null when it is not UTF-8 */
function decode(bytes: Buffer): string | null {
  try {
    return UTF_8.decode(bytes)
  } catch {
    return null
  }
}

/** @returns undefined when it is not JSON; the engine's message would quote the line */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasLostDigits(id: unknown): boolean {
  return Number.isInteger(id) && !Number.isSafeInteger(id)
}
