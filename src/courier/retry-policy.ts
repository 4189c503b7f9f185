import type { RetryConfig } from '../config/model.js'

/** What is known of a batch whose attempt has just failed in a way that may pass. */
export interface FailedAttempt {
  /** Attempts made, this one included. */
  readonly attempts: number
  readonly firstAttemptAtMs: number
  readonly nowMs: number
  /** The least wait that the receiver asked for, in ms; null: it asked for none. */
  readonly retryAfterMs: number | null
}

export type RetryDecision =
  | { readonly kind: 'again'; readonly atMs: number }
  | { readonly kind: 'give-up'; readonly reason: string }

/**
 * Exponential backoff with full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015): the wait is random
 * between nothing and the backoff, which doubles with every attempt up to its bound. A receiver's `Retry-After` is the least
 * wait. A wait that would end behind the budget is not begun.
 * @param random a number from 0 (included) to 1 (excluded)
 */
export function decideRetry(config: RetryConfig, failed: FailedAttempt, random: number): RetryDecision {
  if (!config.enabled) return { kind: 'give-up', reason: 'retries are off' }
  if (config.maxAttempts !== null && failed.attempts >= config.maxAttempts) {
    return { kind: 'give-up', reason: `${failed.attempts} attempt${failed.attempts === 1 ? '' : 's'} made` }
  }
  const backoffMs = Math.min(config.initialBackoffMs * 2 ** (failed.attempts - 1), config.maxBackoffMs)
  const waitMs = Math.max(random * backoffMs, failed.retryAfterMs ?? 0)
  const atMs = failed.nowMs + Math.ceil(waitMs)
  if (atMs > failed.firstAttemptAtMs + config.maxElapsedMs) {
    return {
      kind: 'give-up',
      reason: `the next attempt would come later than ${config.maxElapsedMs} ms after the first`,
    }
  }
  return { kind: 'again', atMs }
}
