import { setTimeout as wait } from 'node:timers/promises'
import type { Contender } from '../contender.js'
import { type AppOf, emitOne } from './emission.js'

export interface Pace {
  readonly perSecond: number
  readonly durationMs: number
  /** From one burst of events to the next. */
  readonly tickMs: number
}

export interface Paced {
  /** Events that were accepted: fewer than the pace asks for when the contender could not keep it. */
  readonly events: number
  /** How long it took, in ms. */
  readonly tookMs: number
  /** How late the latest tick came, in ms: an event's age counts from its emission, so this is not in the latencies. */
  readonly latestMs: number
}

/** A contender that has fallen behind gets so much more time, as a share, before it counts as unable to keep the pace. */
const GRACE = 0.1

/**
 * Emits at a steady rate, open loop: what is due at a tick is emitted at it, however late it comes. One reading of the clock and
 * one timer a tick, so that the pacing itself costs little.
 */
export async function paced(
  contender: Pick<Contender, 'emit'>,
  appOf: AppOf,
  { perSecond, durationMs, tickMs }: Pace,
): Promise<Paced> {
  const perMs = perSecond / 1000
  const events = Math.round(perMs * durationMs)
  const startMs = performance.now()
  let sent = 0
  let latestMs = 0
  let elapsedMs = 0
  while (sent < events && elapsedMs < durationMs * (1 + GRACE)) {
    await wait(tickMs)
    elapsedMs = performance.now() - startMs
    latestMs = Math.max(latestMs, elapsedMs - sent / perMs - tickMs)
    const due = Math.min(Math.floor(elapsedMs * perMs), events)
    while (sent < due && emitOne(contender, sent, appOf)) sent += 1
  }
  return { events: sent, tookMs: performance.now() - startMs, latestMs }
}

/** Takes every event and does nothing: what the pacing costs by itself. */
export const NOBODY: Contender = {
  emit: () => true,
  settle: async () => undefined,
  close: async () => undefined,
}
