import type { AppConfig, EndpointConfig } from '../../../src/config/model.js'

export const testApp: AppConfig = {
  id: 'app',
  key: 'key',
  secret: 'secret',
  enabled: true,
  previousSecrets: [],
  standardWebhooksSecret: null,
  webhooks: [],
}

const DEFAULTS: EndpointConfig = {
  id: 'endpoint',
  target: { kind: 'http', url: 'http://127.0.0.1/', headers: {} },
  eventTypes: ['client_event'],
  filter: null,
  tls: null,
  requestTimeoutMs: 10_000,
  retry: { enabled: true, maxAttempts: null, maxElapsedMs: 300_000, initialBackoffMs: 1000, maxBackoffMs: 60_000 },
  circuitBreaker: {
    enabled: false,
    windowMs: 10_000,
    minRequests: 10,
    failureRate: 0.5,
    openMs: 1000,
    maxOpenMs: 60_000,
  },
  concurrency: 4,
  rateLimit: null,
  signatures: ['pusher'],
  proxy: null,
  localAddress: null,
  http2: false,
}

export function httpEndpoint(
  url: string,
  overrides: Partial<EndpointConfig> = {},
  headers: Record<string, string> = {},
): EndpointConfig {
  return { ...DEFAULTS, target: { kind: 'http', url, headers }, ...overrides }
}
