import type { LookupAddress } from 'node:dns'

/** What asking for a name's addresses came to. `ttlMs` is for how long it may be remembered. */
export type Answer =
  | { readonly kind: 'found'; readonly addresses: readonly LookupAddress[]; readonly ttlMs: number }
  /** There is no such name, or it has no address. */
  | { readonly kind: 'absent'; readonly code: string; readonly ttlMs: number }
  /** It could not be found out. */
  | { readonly kind: 'failed'; readonly code: string; readonly ttlMs: number }

export type Answered = (answer: Answer) => void

/** Gives up what is under way. */
export type Cancel = () => void

/**
 * Asks for a name's addresses. Calls `answered` exactly once, after it has returned: even when cancelled, and then as soon as the
 * question no longer takes up anything.
 */
export type NameSource = (name: string, answered: Answered) => Cancel

/** How long an absent name is remembered as absent, in ms. */
export const ABSENT_TTL_MS = 10_000

/** How long a failure is remembered, in ms. */
export const FAILED_TTL_MS = 1_000

/** The code of questions that were cancelled. */
const CANCELLED = 'ECANCELLED'

/** c-ares' codes for "the name server says that there is none". */
const ABSENT: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME'])

/** The answer that an error of Node's `dns` stands for. */
export function answerOfError(code: string): Answer {
  return ABSENT.has(code)
    ? { kind: 'absent', code, ttlMs: ABSENT_TTL_MS }
    : { kind: 'failed', code, ttlMs: FAILED_TTL_MS }
}

export function cancelled(): Answer {
  return answerOfError(CANCELLED)
}

export function isCancelled(answer: Answer): boolean {
  return answer.kind === 'failed' && answer.code === CANCELLED
}
