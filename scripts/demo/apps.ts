import type { AppInput } from '../../src/index.js'

/** The apps of the specification's three examples, with their URLs pointed at the demonstration's receiver. */
export function exampleApps(receiverUrl: string): AppInput[] {
  return [
    {
      id: 'my-app-with-webhooks',
      key: 'app-key-wh',
      secret: 'app-secret-wh',
      max_connections: '1000',
      enable_client_messages: true,
      enabled: true,
      max_client_events_per_second: '20',
      webhooks: [
        {
          url: `${receiverUrl}/sockudo/events`,
          event_types: ['channel_occupied', 'channel_vacated'],
          headers: { 'X-Custom-Auth': 'mysecrettoken', 'User-Agent': 'Sockudo-Webhook/1.0' },
        },
      ],
    },
    {
      id: 'lambda',
      key: 'app-key-lambda',
      secret: 'app-secret-lambda',
      webhooks: [
        {
          lambda: { function_name: 'sockudoPresenceHandler', region: 'us-east-1', invocation_type: 'Event' },
          event_types: ['member_added', 'member_removed'],
          filter: { channel_prefix: 'presence-' },
        },
      ],
    },
    {
      id: 'mixed',
      key: 'app-key-mixed',
      secret: 'app-secret-mixed',
      webhooks: [
        {
          url: `${receiverUrl}/webhooks/general`,
          event_types: ['channel_occupied', 'channel_vacated'],
          headers: { Authorization: 'Bearer your-api-token' },
        },
        { lambda_function: 'handleClientEvents', event_types: ['client_event'], filter: { channel_type: 'presence' } },
        {
          url: `${receiverUrl}/events`,
          event_types: ['member_added', 'member_removed'],
          headers: { 'X-Source': 'sockudo' },
          filter: { channel_prefix: 'presence-chat' },
        },
      ],
    },
  ]
}

/** What each app's webhooks subscribe to, read off the examples by hand, so that it checks the dispatcher's own matching. */
const SUBSCRIBED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'my-app-with-webhooks': { channel_occupied: '', channel_vacated: '' },
  lambda: { member_added: 'presence-', member_removed: 'presence-' },
  mixed: {
    channel_occupied: '',
    channel_vacated: '',
    client_event: 'presence-',
    member_added: 'presence-chat',
    member_removed: 'presence-chat',
  },
}

/** Whether a webhook of the app is to get the event; no event of the examples is for two. */
export function isForWebhook(app: string, event: string, channel: string): boolean {
  const prefix = SUBSCRIBED[app]?.[event]
  return prefix !== undefined && channel.startsWith(prefix)
}
