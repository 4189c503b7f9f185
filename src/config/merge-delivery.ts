import type { CircuitBreakerConfig, EndpointDefaults, RetryConfig } from './model.js'
import type { ParsedConfig, ParsedWebhook } from './parsed.js'

/**
 * The global settings of delivery. Frozen, for every webhook that overrides nothing shares their objects: a million apps
 * then hold one retry policy.
 */
export function endpointDefaults(webhooks: ParsedConfig['webhooks']): EndpointDefaults {
  const { retry, circuit_breaker: breaker, rate_limit: limit } = webhooks
  return Object.freeze({
    requestTimeoutMs: webhooks.request_timeout_ms,
    retry: Object.freeze({
      enabled: retry.enabled,
      maxAttempts: retry.max_attempts ?? null,
      maxElapsedMs: retry.max_elapsed_time_ms,
      initialBackoffMs: retry.initial_backoff_ms,
      maxBackoffMs: retry.max_backoff_ms,
    }),
    circuitBreaker: Object.freeze({
      enabled: breaker.enabled,
      windowMs: breaker.window_ms,
      minRequests: breaker.min_requests,
      failureRate: breaker.failure_rate,
      openMs: breaker.open_ms,
      maxOpenMs: breaker.max_open_ms,
    }),
    concurrency: webhooks.concurrency,
    rateLimit: limit == null ? null : Object.freeze({ requests: limit.requests, perMs: limit.per_ms }),
    signatures: Object.freeze(webhooks.signature),
    proxy: webhooks.proxy ?? null,
    localAddress: webhooks.local_address ?? null,
    http2: webhooks.http2,
  })
}

/** What counts for one webhook: its own settings, and the defaults where it has none. */
export function mergeDelivery(webhook: ParsedWebhook, defaults: EndpointDefaults): EndpointDefaults {
  const limit = webhook.rate_limit
  return {
    requestTimeoutMs: webhook.request_timeout_ms ?? defaults.requestTimeoutMs,
    retry: mergeRetry(webhook.retry, defaults.retry),
    circuitBreaker: mergeBreaker(webhook.circuit_breaker, defaults.circuitBreaker),
    concurrency: webhook.concurrency ?? defaults.concurrency,
    rateLimit: limit == null ? defaults.rateLimit : { requests: limit.requests, perMs: limit.per_ms },
    signatures: webhook.signature ?? defaults.signatures,
    proxy: webhook.proxy ?? defaults.proxy,
    localAddress: webhook.local_address ?? defaults.localAddress,
    http2: webhook.http2 ?? defaults.http2,
  }
}

function mergeRetry(own: ParsedWebhook['retry'], base: RetryConfig): RetryConfig {
  if (!givesAny(own)) return base
  return {
    enabled: own.enabled ?? base.enabled,
    maxAttempts: own.max_attempts ?? base.maxAttempts,
    maxElapsedMs: own.max_elapsed_time_ms ?? base.maxElapsedMs,
    initialBackoffMs: own.initial_backoff_ms ?? base.initialBackoffMs,
    maxBackoffMs: own.max_backoff_ms ?? base.maxBackoffMs,
  }
}

function mergeBreaker(own: ParsedWebhook['circuit_breaker'], base: CircuitBreakerConfig): CircuitBreakerConfig {
  if (!givesAny(own)) return base
  return {
    enabled: own.enabled ?? base.enabled,
    windowMs: own.window_ms ?? base.windowMs,
    minRequests: own.min_requests ?? base.minRequests,
    failureRate: own.failure_rate ?? base.failureRate,
    openMs: own.open_ms ?? base.openMs,
    maxOpenMs: own.max_open_ms ?? base.maxOpenMs,
  }
}

function givesAny<T extends object>(options: T | null | undefined): options is T {
  return options != null && Object.values(options).some((value) => value != null)
}
