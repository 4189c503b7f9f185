import { parseConfig } from '../../src/config/index.js'
import type { AppConfig, EndpointConfig } from '../../src/config/model.js'

export interface AppWithEndpoint {
  readonly app: AppConfig
  readonly endpoint: EndpointConfig
}

/** An app with one webhook, as a shard has it. @param settings keys of the webhook beside `url` and `event_types` */
export function appWithEndpoint(url: string, settings: Readonly<Record<string, unknown>> = {}): AppWithEndpoint {
  const webhook = { url, event_types: ['client_event'], ...settings }
  const [app] = parseConfig({ apps: [{ id: 'app', key: 'key', secret: 'secret', webhooks: [webhook] }] }).apps
  const [endpoint] = app?.webhooks ?? []
  if (app === undefined || endpoint === undefined) throw new Error('the configuration holds no webhook')
  return { app, endpoint }
}
