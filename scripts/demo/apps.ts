import type { AppInput } from '../../src/index.js'

/** The apps of the specification's examples, with their HTTP webhooks pointed at the demonstration's receiver. */
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
      id: 'mixed',
      key: 'app-key-mixed',
      secret: 'app-secret-mixed',
      webhooks: [
        {
          url: `${receiverUrl}/webhooks/general`,
          event_types: ['channel_occupied', 'channel_vacated'],
          headers: { Authorization: 'Bearer your-api-token' },
        },
        { url: `${receiverUrl}/client-events`, event_types: ['client_event'], filter: { channel_type: 'presence' } },
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

/** How many webhooks of the app an event is for: counted by hand, so that it checks the dispatcher. */
export function webhooksFor(app: string, event: string, channel: string): number {
  const isAboutChannel = event === 'channel_occupied' || event === 'channel_vacated'
  if (isAboutChannel) return 1
  if (app !== 'mixed') return 0
  if (event === 'client_event') return channel.startsWith('presence-') ? 1 : 0
  return channel.startsWith('presence-chat') ? 1 : 0
}
