import type { ParsedApp, ParsedConfig, ParsedWebhook } from '../config/parsed.js'

/** A webhook that is on, and where the configuration has it. */
export interface PlacedWebhook {
  readonly path: string
  readonly webhook: ParsedWebhook
}

/** The webhooks that are on. */
export function* placedWebhooks({ app_manager, apps }: ParsedConfig): Generator<PlacedWebhook> {
  for (const [index, app] of (app_manager.array?.apps ?? []).entries()) {
    yield* ofApp(`app_manager.array.apps[${index}]`, app)
  }
  for (const [index, app] of (apps ?? []).entries()) yield* ofApp(`apps[${index}]`, app)
}

function* ofApp(path: string, { webhooks, policy }: ParsedApp): Generator<PlacedWebhook> {
  const list = policy == null ? `${path}.webhooks` : `${path}.policy.webhooks`
  for (const [index, webhook] of ((policy == null ? webhooks : policy.webhooks) ?? []).entries()) {
    if (webhook.enabled) yield { path: `${list}[${index}]`, webhook }
  }
}
