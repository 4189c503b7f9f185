import type { z } from 'zod'
import { valueAt } from '../value-at.js'
import { crossChecked, type Given } from './cross-check.js'
import { httpUrl } from './http-url.js'
import { documented, optional, overrides, section, setting } from './option.js'
import { tolerant } from './tolerance.js'
import { choice, integer, ipAddress, list, share, toggle, wholeNumber } from './values.js'

/** How requests are made and tried again: for all webhooks under `webhooks`, and for one in the webhook itself. */

const hour = 3_600_000
const day = 24 * hour

const DEFAULT_MAX_BACKOFF_MS = 60_000

const retryShape = {
  enabled: setting(toggle(), true, 'Whether failed deliveries are retried, with exponential backoff and full jitter.'),
  max_attempts: optional(
    integer({ min: 1, max: 1000, clamps: 'too much and 0' }),
    'The most attempts, including the first.',
    { default: null },
  ),
  max_elapsed_time_ms: setting(
    integer({ min: 0, max: 7 * day, unit: 'ms', clamps: 'too much' }),
    300_000,
    'How long after its first attempt a batch may still be retried.',
  ),
  initial_backoff_ms: setting(
    integer({ min: 1, max: hour, unit: 'ms', clamps: 'too much and 0' }),
    1000,
    'The longest wait before the second attempt; it doubles with each further one.',
  ),
  max_backoff_ms: setting(
    integer({ min: 1, max: day, unit: 'ms', clamps: 'too much and 0' }),
    DEFAULT_MAX_BACKOFF_MS,
    'The longest wait between two attempts.',
  ),
}

const circuitBreakerShape = {
  enabled: setting(
    toggle(),
    true,
    'Whether to stop sending to an endpoint that fails too often, until a probe succeeds.',
  ),
  window_ms: setting(integer({ min: 1, max: hour, unit: 'ms' }), 10_000, 'Results older than this no longer count.'),
  min_requests: setting(
    integer({ min: 1, max: 100_000 }),
    10,
    'How many results must be in the window before the breaker can open.',
  ),
  failure_rate: setting(share({ above: 0 }), 0.5, 'The share of failures in the window that opens the breaker.'),
  open_ms: setting(
    integer({ min: 1, max: hour, unit: 'ms' }),
    5000,
    'How long the breaker stays open before the first probe; it doubles after every failed probe.',
  ),
  max_open_ms: setting(integer({ min: 1, max: day, unit: 'ms' }), 60_000, 'The longest wait before a probe.'),
}

const rateLimit = section({
  requests: documented(integer({ min: 1, max: 1_000_000 }), { description: 'The most requests in the period.' }),
  per_ms: documented(integer({ min: 1, max: day, unit: 'ms' }), { description: 'The period.', 'x-unit': 'ms' }),
})

const plainShape = {
  request_timeout_ms: setting(
    integer({ min: 1, max: 600_000, unit: 'ms', clamps: 'too much' }),
    10_000,
    'How long a whole request may take, including connecting.',
  ),
  concurrency: setting(
    integer({ min: 1, max: 1024, unit: 'requests' }),
    4,
    'The most requests in flight to one endpoint; 1 keeps strict order.',
  ),
  rate_limit: optional(rateLimit, 'Limits the requests to one endpoint; batches grow while they wait.', {
    default: null,
  }),
  signature: setting(
    list(choice(['pusher', 'standard-webhooks']), 'signature names')
      .min(1, { error: 'at least one of "pusher", "standard-webhooks"' })
      .refine((names) => new Set(names).size === names.length, { error: 'each signature name once' }),
    ['pusher'],
    'How requests are signed.',
  ),
  proxy: optional(httpUrl(), 'URL of an HTTP proxy, with credentials if it needs them. `egress` applies to it.', {
    default: null,
  }),
  local_address: optional(ipAddress(), 'The address that connections are made from.', { default: null }),
  http2: setting(toggle(), false, 'Offers HTTP/2 to receivers over TLS (ALPN).'),
}

export const deliveryShape = {
  ...plainShape,
  retry: documented(withinMaximum(section(retryShape), DEFAULT_MAX_BACKOFF_MS).prefault({}), {
    description: 'How failed deliveries are retried.',
  }),
  circuit_breaker: documented(ordered(section(circuitBreakerShape), 'open_ms', 'max_open_ms').prefault({}), {
    description: 'When to stop sending to an endpoint that fails.',
  }),
}

export const deliveryOverridesShape = {
  ...overrides(plainShape, 'webhooks'),
  retry: optional(
    withinMaximum(section(overrides(retryShape, 'webhooks.retry'))),
    'Overrides `webhooks.retry`, key by key.',
    { 'x-overrides': 'webhooks.retry' },
  ),
  circuit_breaker: optional(
    ordered(section(overrides(circuitBreakerShape, 'webhooks.circuit_breaker')), 'open_ms', 'max_open_ms'),
    'Overrides `webhooks.circuit_breaker`, key by key.',
    { 'x-overrides': 'webhooks.circuit_breaker' },
  ),
}

/**
 * A first wait above the longest one is the longest one: that is what Sockudo waits.
 * @param fallback the longest wait when none is given; of an override and a global value the maximum wins when they are used
 */
function withinMaximum<S extends z.ZodType>(retry: S, fallback?: number): S {
  return tolerant(retry, {
    settle: (given, warn) => {
      const first = wholeNumber(valueAt(given, ['initial_backoff_ms']))
      const most = wholeNumber(valueAt(given, ['max_backoff_ms']) ?? fallback)
      if (first === null || most === null || first <= most) return given
      warn(['initial_backoff_ms'], `${most} is used, which is max_backoff_ms`)
      return { ...(given as Given), initial_backoff_ms: most }
    },
  })
}

/** Where both are given, the first must not exceed the second; of an override and a global value the maximum wins. */
function ordered<S extends z.ZodType>(schema: S, low: string, high: string): S {
  return crossChecked(schema, ({ [low]: least, [high]: most }, report) => {
    if (typeof least !== 'number' || typeof most !== 'number' || least <= most) return
    report({ path: [low], expected: `at most ${high}, which is ${most}` })
  })
}
