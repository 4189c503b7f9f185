import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a receiver answers: at once, with 503, or never. */
export type Mood = 'answers' | 'fails' | 'hangs'

/** Requests that were acknowledged under one path. */
export interface Received {
  /** Delivery ids by the channel of each event. */
  readonly ids: Map<string, Set<string>>
  /** Channels in the order in which they came first under each delivery id. */
  readonly inOrder: string[]
  /** Requests, those included that were not acknowledged. */
  requests: number
}

/** A receiver that answers each of its paths as it was told, and notes the events that it has acknowledged. */
export class MoodyReceiver implements AsyncDisposable {
  readonly #moods = new Map<string, Mood>()
  readonly #received = new Map<string, Received>()
  readonly #seen = new Set<string>()
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const name = (request.url ?? '').slice(1)
        this.#receive(name, String(request.headers['webhook-id']), Buffer.concat(chunks).toString(), response)
      })
    })
  }

  static async start(): Promise<MoodyReceiver> {
    const receiver = new MoodyReceiver()
    receiver.#server.listen(0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  url(name: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`
  }

  /** From now on the path answers so. What it has left hanging it leaves hanging. */
  tell(name: string, mood: Mood): void {
    this.#moods.set(name, mood)
  }

  of(name: string): Received {
    const known = this.#received.get(name)
    if (known !== undefined) return known
    const received: Received = { ids: new Map(), inOrder: [], requests: 0 }
    this.#received.set(name, received)
    return received
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  #receive(name: string, id: string, body: string, response: ServerResponse): void {
    const received = this.of(name)
    const mood = this.#moods.get(name) ?? 'answers'
    received.requests += 1
    if (mood === 'fails') response.writeHead(503).end()
    if (mood !== 'answers') return
    const { events } = JSON.parse(body) as { events: readonly { readonly channel: string }[] }
    const isNew = !this.#seen.has(`${name} ${id}`)
    this.#seen.add(`${name} ${id}`)
    for (const { channel } of events) {
      const ids = received.ids.get(channel) ?? new Set()
      received.ids.set(channel, ids.add(id))
      if (isNew) received.inOrder.push(channel)
    }
    response.writeHead(200).end()
  }
}
