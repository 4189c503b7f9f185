import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import type { AppInput, ConfigInput, WebhookInput } from '../../src/index.js'
import { startReceiver, type TestReceiver } from '../../src/testing/index.js'

export const CREDENTIALS = { key: 'app-key', secret: 'app-secret' }

export const ALL_EVENTS = [
  'channel_occupied',
  'channel_vacated',
  'member_added',
  'member_removed',
  'client_event',
  'cache_miss',
  'subscription_count',
]

/** An app with webhooks that get every standard event unless they say otherwise. */
export function appWith(webhooks: readonly Partial<WebhookInput>[], more: Partial<AppInput> = {}): AppInput {
  return {
    id: 'app',
    ...CREDENTIALS,
    webhooks: webhooks.map((webhook) => ({ event_types: ALL_EVENTS, ...webhook })),
    ...more,
  }
}

/** Runs a test with a dispatcher and closes it. */
export async function withDispatcher(
  config: ConfigInput,
  run: (dispatcher: WorkerDispatcher) => Promise<void>,
): Promise<void> {
  const dispatcher = await startDispatcher({ dispatcher: { shards: 1 }, ...config }, {})
  try {
    await run(dispatcher)
  } finally {
    await dispatcher.close({ timeout: 2000 })
  }
}

/** Runs a test with a receiver that verifies Pusher's signature, and closes it. */
export async function withReceiver(run: (receiver: TestReceiver) => Promise<void>): Promise<void> {
  const receiver = await startReceiver({ pusher: [CREDENTIALS] })
  try {
    await run(receiver)
  } finally {
    await receiver.close()
  }
}
