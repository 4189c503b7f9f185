import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { AppHandle, Dispatcher } from '../../src/index.js'

/** An app of the server: what it needs to know of it, and where its events go. */
interface ServerApp {
  readonly id: string
  readonly secret: string
  readonly webhooks: AppHandle
  /** Subscribers by channel. */
  readonly channels: Map<string, Map<Connection, string | null>>
}

interface Connection {
  readonly socketId: string
  readonly socket: WebSocket
  readonly app: ServerApp
}

interface Frame {
  readonly event: string
  readonly channel?: string
  readonly data?: unknown
}

/** Told of every event that the server has emitted. */
export type EmitListener = (app: string, event: string, channel: string, accepted: boolean) => void

/**
 * A Pusher-protocol server in miniature (Pusher Channels protocol, version 7): public, private and presence channels and client
 * events. It shows how a server embeds Signpost: it calls its app's handle where something happens, and never waits.
 */
export class PusherServer {
  private readonly apps: ReadonlyMap<string, ServerApp>
  private readonly server: WebSocketServer
  private nextSocket = 1

  constructor(
    dispatcher: Dispatcher,
    apps: readonly { readonly id: string; readonly key: string; readonly secret: string }[],
    private readonly onEmit: EmitListener,
  ) {
    this.apps = new Map(
      apps.map(({ id, key, secret }) => [key, { id, secret, webhooks: dispatcher.app(id), channels: new Map() }]),
    )
    this.server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    this.server.on('connection', (socket, { url = '' }) => {
      const app = this.apps.get(/^\/app\/([^?]+)/.exec(url)?.[1] ?? '')
      if (app === undefined) socket.close(4001, 'no such app')
      else this.connect(socket, app)
    })
  }

  /** Resolves to its port when it listens. */
  async listening(): Promise<number> {
    if (this.server.address() === null) await once(this.server, 'listening')
    return (this.server.address() as AddressInfo).port
  }

  /** Ends every connection: its channels are left, and told of. */
  async close(): Promise<void> {
    const gone = [...this.server.clients].map((socket) => once(socket, 'close'))
    for (const socket of this.server.clients) socket.terminate()
    await Promise.all(gone)
    this.server.close()
    await once(this.server, 'close')
  }

  private connect(socket: WebSocket, app: ServerApp): void {
    const connection: Connection = { socketId: `1.${this.nextSocket++}`, socket, app }
    send(connection, {
      event: 'pusher:connection_established',
      data: { socket_id: connection.socketId, activity_timeout: 30 },
    })
    socket.on('message', (text) => this.receive(connection, JSON.parse(String(text)) as Frame))
    socket.on('close', () => {
      for (const channel of app.channels.keys()) this.unsubscribe(connection, channel)
    })
  }

  private receive(connection: Connection, { event, channel = '', data }: Frame): void {
    switch (event) {
      case 'pusher:ping':
        send(connection, { event: 'pusher:pong' })
        break
      case 'pusher:subscribe':
        this.subscribe(connection, data as Subscription)
        break
      case 'pusher:unsubscribe':
        this.unsubscribe(connection, (data as Subscription).channel)
        break
      default:
        if (event.startsWith('client-')) this.clientEvent(connection, channel, event, data)
    }
  }

  private subscribe(connection: Connection, { channel, auth, channel_data }: Subscription): void {
    const { app, socketId } = connection
    if (
      needsAuth(channel) &&
      !isAuthentic(app, `${socketId}:${channel}${channel_data ? `:${channel_data}` : ''}`, auth)
    ) {
      send(connection, { event: 'pusher:error', data: { code: 4009, message: 'not authorised' } })
      return
    }
    const subscribers = app.channels.get(channel) ?? new Map<Connection, string | null>()
    const userId = channel_data === undefined ? null : String(JSON.parse(channel_data).user_id)
    const isOccupied = subscribers.size > 0
    const isMember = userId !== null && [...subscribers.values()].includes(userId)
    subscribers.set(connection, userId)
    app.channels.set(channel, subscribers)
    send(connection, { event: 'pusher_internal:subscription_succeeded', channel, data: presence(subscribers) })
    if (!isOccupied) this.emitted(app, 'channel_occupied', channel, app.webhooks.channelOccupied(channel))
    if (userId !== null && !isMember) {
      this.emitted(app, 'member_added', channel, app.webhooks.memberAdded(channel, userId))
    }
  }

  private unsubscribe(connection: Connection, channel: string): void {
    const { app } = connection
    const subscribers = app.channels.get(channel)
    const userId = subscribers?.get(connection)
    if (subscribers === undefined || userId === undefined) return
    subscribers.delete(connection)
    if (userId !== null && ![...subscribers.values()].includes(userId)) {
      this.emitted(app, 'member_removed', channel, app.webhooks.memberRemoved(channel, userId))
    }
    if (subscribers.size > 0) return
    app.channels.delete(channel)
    this.emitted(app, 'channel_vacated', channel, app.webhooks.channelVacated(channel))
  }

  private clientEvent(connection: Connection, channel: string, event: string, data: unknown): void {
    const { app, socketId } = connection
    const subscribers = app.channels.get(channel)
    const userId = subscribers?.get(connection)
    if (subscribers === undefined || userId === undefined) return
    for (const other of subscribers.keys()) {
      if (other !== connection) send(other, { event, channel, data })
    }
    const who = userId === null ? {} : { user_id: userId }
    const accepted = app.webhooks.clientEvent({ channel, event, data, socket_id: socketId, ...who })
    this.emitted(app, 'client_event', channel, accepted)
  }

  private emitted(app: ServerApp, event: string, channel: string, accepted: boolean): void {
    this.onEmit(app.id, event, channel, accepted)
  }
}

interface Subscription {
  readonly channel: string
  readonly auth?: string
  readonly channel_data?: string
}

function needsAuth(channel: string): boolean {
  return channel.startsWith('private-') || channel.startsWith('presence-')
}

function isAuthentic({ secret }: ServerApp, message: string, auth = ''): boolean {
  const expected = Buffer.from(createHmac('sha256', secret).update(message).digest('hex'))
  const given = Buffer.from(auth.slice(auth.indexOf(':') + 1))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function presence(subscribers: ReadonlyMap<Connection, string | null>): unknown {
  const ids = [...new Set([...subscribers.values()].filter((id) => id !== null))]
  return { presence: { ids, hash: Object.fromEntries(ids.map((id) => [id, {}])), count: ids.length } }
}

function send({ socket }: Connection, { event, channel, data }: Frame): void {
  socket.send(JSON.stringify({ event, channel, data: typeof data === 'string' ? data : JSON.stringify(data ?? {}) }))
}
