import { type LookupAddress, lookup } from 'node:dns'
import { type Answer, answerOfError, type Cancel, cancelled, type NameSource } from './answer.js'
import type { SharedSlot } from './shared-slot.js'

/** How often a thread that waits looks whether the slot is free, in ms. */
const POLL_MS = 20

/** How often a holder renews its lease, in ms. */
const RENEWAL_MS = 1_000

/** How long its addresses are remembered, in ms: it does not say how long they hold. */
const FOUND_TTL_MS = 10_000

/** A name that takes the slot and leads nowhere is left alone for so many times as long as it took. */
const REST = 10

export type SystemLookup = (
  name: string,
  options: { all: true; verbatim: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * Asks the system's resolver (getaddrinfo), which knows of search domains, mDNS and whatever else the machine is set up for. It runs on
 * four threads that the whole process shares, may take half a minute and cannot be cancelled: so one look-up at a time, of all
 * threads together.
 * @param nowMs of a clock that never goes back
 */
export function systemResolver(slot: SharedSlot, nowMs: () => number, ask: SystemLookup = lookup): NameSource {
  return (name, answered) => {
    let waiting: NodeJS.Timeout | null = null
    const attempt = (): void => {
      waiting = null
      if (!slot.take()) {
        waiting = setTimeout(attempt, POLL_MS)
        return
      }
      const startedMs = nowMs()
      const renewal = setInterval(() => slot.renew(), RENEWAL_MS)
      ask(name, { all: true, verbatim: true }, (error, addresses) => {
        clearInterval(renewal)
        slot.release()
        answered(answerOf(error, addresses, nowMs() - startedMs))
      })
    }
    attempt()
    const cancel: Cancel = () => {
      if (waiting === null) return
      clearTimeout(waiting)
      waiting = null
      answered(cancelled())
    }
    return cancel
  }
}

function answerOf(error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[], tookMs: number): Answer {
  if (error === null && addresses.length > 0) return { kind: 'found', addresses, ttlMs: FOUND_TTL_MS }
  const answer = answerOfError(error?.code ?? 'ENODATA')
  return { ...answer, ttlMs: Math.max(answer.ttlMs, tookMs * REST) }
}
