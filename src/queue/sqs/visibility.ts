/** The longest that a message may be hidden after it was received, in ms. */
export const LONGEST_HIDDEN_MS = 12 * 3_600_000

/** The end of the twelve hours is not waited for, in ms. */
const SLACK_MS = 5000
/** How long before the end a message is sent again, in ms: that has to be tried more than once. */
const LONGEST_LEAD_MS = 10 * 60_000
const SHORTEST_LEAD_MS = 60_000
/** A renewal that gives less than this is none, in ms. */
const LEAST_GAIN_MS = 1000

/** How long a message is hidden, by the monotonic clock. */
export interface Hidden {
  /** When it was asked for, so that it is received not before this. */
  readonly receivedAtMs: number
  readonly untilMs: number
}

export type VisibilityStep =
  /** Nothing is due before this, in ms. */
  | { readonly kind: 'wait'; readonly untilMs: number }
  /** To be hidden for so long from now. */
  | { readonly kind: 'renew'; readonly seconds: number }
  /** Its twelve hours are nearly over: it is sent again with its history, and this message is deleted. */
  | { readonly kind: 'replace' }

/** @param timeoutMs how long a message is hidden by one call */
export function nextStep({ receivedAtMs, untilMs }: Hidden, timeoutMs: number, nowMs: number): VisibilityStep {
  const endMs = receivedAtMs + LONGEST_HIDDEN_MS - SLACK_MS
  const leadMs = Math.min(Math.max(timeoutMs, SHORTEST_LEAD_MS), LONGEST_LEAD_MS)
  const replaceAtMs = endMs - leadMs
  if (nowMs >= replaceAtMs) return { kind: 'replace' }
  const seconds = secondsWithin(Math.min(timeoutMs, endMs - nowMs))
  const isGain = nowMs + seconds * 1000 >= untilMs + LEAST_GAIN_MS
  const renewAtMs = untilMs - timeoutMs / 2
  if (nowMs >= renewAtMs && isGain) return { kind: 'renew', seconds }
  if (nowMs < renewAtMs) return { kind: 'wait', untilMs: Math.min(renewAtMs, replaceAtMs) }
  return { kind: 'wait', untilMs: replaceAtMs }
}

/** How long a message is hidden that is not to be received before a time. @param forMs from now; @returns seconds */
export function pauseSeconds(forMs: number, { receivedAtMs }: Hidden, nowMs: number): number {
  const leftMs = receivedAtMs + LONGEST_HIDDEN_MS - SLACK_MS - nowMs
  return Math.max(Math.min(Math.ceil(forMs / 1000), secondsWithin(leftMs)), 0)
}

/** Pauses of messages that nobody can use at present, in seconds. */
const FIRST_PAUSE_SECONDS = 15
const LONGEST_PAUSE_SECONDS = 900

/** The pause of a message that was received so often and nobody could use: it doubles, to a quarter of an hour. */
export function idleSeconds(receiveCount: number): number {
  const doublings = Math.min(Math.max(receiveCount - 1, 0), 10)
  return Math.min(FIRST_PAUSE_SECONDS * 2 ** doublings, LONGEST_PAUSE_SECONDS)
}

function secondsWithin(ms: number): number {
  return Math.floor(Math.max(ms, 0) / 1000)
}
