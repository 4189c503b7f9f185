import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { AppHandle, Dispatcher } from '../../src/index.js'
import { isAdmitted } from './channel-auth.js'

/** A channel's subscribers, with their user's id on presence channels. */
type Channel = Map<Connection, string | null>

interface ServerApp {
  readonly id: string
  readonly secret: string
  /** Where the app's events go. */
  readonly webhooks: AppHandle
  readonly channels: Map<string, Channel>
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

interface Subscription {
  readonly channel: string
  readonly auth?: string
  readonly channel_data?: string
}

/** Told of every event that the server has emitted. */
export type EmitListener = (app: string, event: string, channel: string, accepted: boolean) => void

/**
 * A Pusher-protocol server in miniature (version 7): public, private, presence and cache channels, and client events. It shows
 * how a server embeds Signpost: where something happens it calls its app's handle, and never waits.
 */
export class PusherServer {
  private readonly apps: ReadonlyMap<string, ServerApp>
  private readonly server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  private connections = 0

  constructor(
    dispatcher: Dispatcher,
    apps: readonly { readonly id: string; readonly key: string; readonly secret: string }[],
    private readonly emitted: EmitListener,
  ) {
    this.apps = new Map(
      apps.map(({ id, key, secret }) => [key, { id, secret, webhooks: dispatcher.app(id), channels: new Map() }]),
    )
    this.server.on('connection', (socket, { url = '' }) => {
      const app = this.apps.get(/^\/app\/([^?]+)/.exec(url)?.[1] ?? '')
      if (app === undefined) socket.close(4001, 'no such app')
      else this.connect({ socketId: `1.${++this.connections}`, socket, app })
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

  private connect(connection: Connection): void {
    const { app, socket, socketId } = connection
    send(connection, 'pusher:connection_established', undefined, { socket_id: socketId, activity_timeout: 30 })
    socket.on('error', () => socket.terminate())
    socket.on('message', (text) => {
      const frame = parseFrame(String(text))
      if (frame === null) sendError(connection, null, 'not a frame of the Pusher protocol')
      else this.receive(connection, frame)
    })
    socket.on('close', () => {
      for (const channel of app.channels.keys()) this.unsubscribe(connection, channel)
    })
  }

  private receive(connection: Connection, { event, channel = '', data }: Frame): void {
    if (event === 'pusher:ping') send(connection, 'pusher:pong')
    else if (event === 'pusher:subscribe') this.subscribe(connection, data as Subscription)
    else if (event === 'pusher:unsubscribe') this.unsubscribe(connection, (data as Subscription).channel)
    else if (event.startsWith('client-')) this.clientEvent(connection, channel, event, data)
  }

  private subscribe(connection: Connection, { channel: name, auth, channel_data: channelData }: Subscription): void {
    const { app, socketId } = connection
    if (isGuarded(name) && !isAdmitted(app.secret, { socketId, channel: name, channelData }, auth)) {
      sendError(connection, 4009, `not authorised for ${name}`)
      return
    }
    const channel: Channel = app.channels.get(name) ?? new Map()
    const userId = isPresence(name) ? String(JSON.parse(channelData ?? '{}').user_id) : null
    const isFirst = channel.size === 0
    const isNewMember = userId !== null && !hasUser(channel, userId)
    app.channels.set(name, channel.set(connection, userId))
    send(connection, 'pusher_internal:subscription_succeeded', name, isPresence(name) ? members(channel) : {})

    if (isFirst) this.emitted(app.id, 'channel_occupied', name, app.webhooks.channelOccupied(name))
    if (isNewMember) {
      broadcast(channel, connection, 'pusher_internal:member_added', name, { user_id: userId })
      this.emitted(app.id, 'member_added', name, app.webhooks.memberAdded(name, userId))
    }
    if (name.startsWith('cache-')) {
      // It caches nothing, so every subscription misses.
      send(connection, 'pusher:cache_miss', name)
      this.emitted(app.id, 'cache_miss', name, app.webhooks.cacheMiss(name))
    }
    this.countChanged(app, name, channel)
  }

  private unsubscribe(connection: Connection, name: string): void {
    const { app } = connection
    const channel = app.channels.get(name)
    const userId = channel?.get(connection)
    if (channel === undefined || userId === undefined) return
    channel.delete(connection)
    if (userId !== null && !hasUser(channel, userId)) {
      broadcast(channel, connection, 'pusher_internal:member_removed', name, { user_id: userId })
      this.emitted(app.id, 'member_removed', name, app.webhooks.memberRemoved(name, userId))
    }
    this.countChanged(app, name, channel)
    if (channel.size > 0) return
    app.channels.delete(name)
    this.emitted(app.id, 'channel_vacated', name, app.webhooks.channelVacated(name))
  }

  private clientEvent(connection: Connection, name: string, event: string, data: unknown): void {
    const { app, socketId } = connection
    const channel = app.channels.get(name)
    const userId = channel?.get(connection)
    if (channel === undefined || userId === undefined || !isGuarded(name)) {
      sendError(connection, 4301, `no client events from here on ${name}`)
      return
    }
    broadcast(channel, connection, event, name, data)
    const from = { socket_id: socketId, ...(userId === null ? {} : { user_id: userId }) }
    this.emitted(app.id, 'client_event', name, app.webhooks.clientEvent({ channel: name, event, data, ...from }))
  }

  private countChanged(app: ServerApp, name: string, channel: Channel): void {
    if (isPresence(name)) return
    this.emitted(app.id, 'subscription_count', name, app.webhooks.subscriptionCount(name, channel.size))
  }
}

function isPresence(channel: string): boolean {
  return channel.startsWith('presence-')
}

function isGuarded(channel: string): boolean {
  return isPresence(channel) || channel.startsWith('private-')
}

function hasUser(channel: Channel, userId: string): boolean {
  return [...channel.values()].includes(userId)
}

function members(channel: Channel): object {
  const ids = [...new Set([...channel.values()].filter((id) => id !== null))]
  return { presence: { ids, hash: Object.fromEntries(ids.map((id) => [id, {}])), count: ids.length } }
}

function parseFrame(text: string): Frame | null {
  try {
    const frame: unknown = JSON.parse(text)
    const isFrame = typeof frame === 'object' && frame !== null && 'event' in frame && typeof frame.event === 'string'
    return isFrame ? (frame as Frame) : null
  } catch {
    return null
  }
}

function broadcast(channel: Channel, sender: Connection, event: string, name: string, data: unknown): void {
  for (const subscriber of channel.keys()) if (subscriber !== sender) send(subscriber, event, name, data)
}

function sendError(connection: Connection, code: number | null, message: string): void {
  send(connection, 'pusher:error', undefined, { code, message })
}

function send({ socket }: Connection, event: string, channel?: string, data: unknown = {}): void {
  socket.send(JSON.stringify({ event, channel, data: typeof data === 'string' ? data : JSON.stringify(data) }))
}
