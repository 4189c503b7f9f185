import type { AppConfig } from '../../src/config/model.js'

/** An app to sign for; `overrides` says what matters to the test. */
export function exampleApp(overrides: Partial<AppConfig> = {}): AppConfig {
  return {
    id: 'app',
    key: 'app-key',
    secret: 'app-secret',
    enabled: true,
    previousSecrets: [],
    standardWebhooksSecret: null,
    webhooks: [],
    ...overrides,
  }
}

/** `text` as the arena holds bodies: a view into shared memory. */
export function sharedBytes(text: string): Buffer {
  const bytes = Buffer.from(text)
  const shared = Buffer.from(new SharedArrayBuffer(bytes.length + 64), 64)
  shared.set(bytes)
  return shared
}
