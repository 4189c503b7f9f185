import { parseRetryAfter } from './retry-after.js'
import type { Outcome } from './transport.js'

export type Verdict = 'delivered' | 'redirect' | 'retry' | 'gone' | 'too-large' | 'final'

const EXCEPTIONS: ReadonlyMap<number, Verdict> = new Map([
  [407, 'retry'], // of a proxy, which CONNECT is tried again for too
  [408, 'retry'],
  [409, 'retry'],
  [410, 'gone'],
  [413, 'too-large'],
  [425, 'retry'],
  [429, 'retry'],
])

const CLASSES: readonly Verdict[] = ['final', 'final', 'delivered', 'redirect', 'final', 'retry']

/** What a status says about the delivery. */
export function verdictOf(status: number): Verdict {
  return EXCEPTIONS.get(status) ?? CLASSES[Math.floor(status / 100)] ?? 'final'
}

/**
 * @param where the receiver, as `host:port`
 * @param retryAfter the value of the `Retry-After` header
 * @param nowMs Unix time in ms
 */
export function outcomeOfStatus(status: number, retryAfter: string | undefined, where: string, nowMs: number): Outcome {
  switch (verdictOf(status)) {
    case 'delivered':
      return { kind: 'delivered', status }
    case 'retry':
      return {
        kind: 'retry',
        failure: { cause: 'status', status, message: `${where} answered ${status}` },
        retryAfterMs: parseRetryAfter(retryAfter, nowMs),
      }
    case 'redirect': {
      const message = `${where} answered ${status}; redirects are not followed, name the final URL in the webhook`
      return { kind: 'rejected', failure: { cause: 'redirect', status, message }, stop: false }
    }
    case 'too-large':
      return { kind: 'too-large', failure: { cause: 'status', status, message: `${where} answered ${status}` } }
    case 'gone': {
      const message = `${where} answered ${status}: the endpoint is gone for good`
      return { kind: 'rejected', failure: { cause: 'status', status, message }, stop: true }
    }
    case 'final':
      return {
        kind: 'rejected',
        failure: { cause: 'status', status, message: `${where} answered ${status}` },
        stop: false,
      }
  }
}
