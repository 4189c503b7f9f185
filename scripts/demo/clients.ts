import PusherClient, { type Channel } from 'pusher-js'
import { authString } from './channel-auth.js'

/** Credentials of the app that a client belongs to. */
export interface ClientApp {
  readonly key: string
  readonly secret: string
}

const Pusher = PusherClient as unknown as new (
  key: string,
  options: Readonly<Record<string, unknown>>,
) => InstanceType<typeof PusherClient.default>

type Client = InstanceType<typeof Pusher>

/** A user of the demonstration's chat, behind a real pusher-js client. */
export class ChatUser {
  private readonly client: Client
  private channels: Channel[] = []

  constructor(app: ClientApp, port: number, userId: string) {
    this.client = new Pusher(app.key, {
      cluster: 'mt1',
      wsHost: '127.0.0.1',
      wsPort: port,
      forceTLS: false,
      enabledTransports: ['ws'],
      disableStats: true,
      channelAuthorization: {
        customHandler: (
          { socketId, channelName }: { socketId: string; channelName: string },
          callback: (error: null, data: object) => void,
        ) => callback(null, authorise(app, socketId, channelName, userId)),
      },
    })
  }

  /** Joins a channel. Resolves when the server has confirmed it. */
  async join(name: string): Promise<void> {
    const channel = this.client.subscribe(name)
    this.channels = [...this.channels, channel]
    await new Promise((resolve) => channel.bind('pusher:subscription_succeeded', resolve))
  }

  /** Says something on every channel that allows it. */
  talk(text: string): void {
    for (const channel of this.channels) {
      if (channel.name.startsWith('presence-')) channel.trigger('client-message', { text })
    }
  }

  leave(): void {
    for (const { name } of this.channels) this.client.unsubscribe(name)
    this.channels = []
  }

  disconnect(): void {
    this.client.disconnect()
  }
}

/** What a customer's own backend answers to pusher-js. */
function authorise({ key, secret }: ClientApp, socketId: string, channel: string, userId: string): object {
  if (!channel.startsWith('presence-')) return { auth: authString(key, secret, { socketId, channel }) }
  const channelData = JSON.stringify({ user_id: userId })
  return { auth: authString(key, secret, { socketId, channel, channelData }), channel_data: channelData }
}
