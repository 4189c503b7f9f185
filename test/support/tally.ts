import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Body {
  readonly events: readonly { readonly channel: string; readonly data: string }[]
}

/**
 * A receiver that only counts, for more events than a test can keep. It takes for granted that every event's `data` is its
 * own, and knows the app of a request by its path and of an event by its channel.
 */
export class Tally implements AsyncDisposable {
  /** Requests of every delivery id. */
  readonly deliveries = new Map<string, number>()
  /** Events that came under a second delivery id. */
  readonly doubled = new Set<string>()
  /** Events in a request to another app. */
  readonly leaked = new Set<string>()
  requests = 0
  private readonly idOf = new Map<string, string>()
  private readonly server: Server

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        this.take(request.url ?? '', String(request.headers['webhook-id']), Buffer.concat(chunks).toString())
        response.end()
      })
    })
  }

  static async start(): Promise<Tally> {
    const tally = new Tally()
    tally.server.listen(0, '127.0.0.1')
    await once(tally.server, 'listening')
    return tally
  }

  /** Where an app's events go. */
  url(app: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${app}`
  }

  /** Different events that have come. */
  get received(): number {
    return this.idOf.size
  }

  /** Deliveries that came more than once, by id. */
  get repeatedIds(): string[] {
    return [...this.deliveries].filter(([, times]) => times > 1).map(([id]) => id)
  }

  missing(data: Iterable<string>): string[] {
    return [...data].filter((one) => !this.idOf.has(one))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    this.server.closeAllConnections()
    await closed
  }

  private take(path: string, id: string, body: string): void {
    this.requests += 1
    this.deliveries.set(id, (this.deliveries.get(id) ?? 0) + 1)
    for (const { channel, data } of (JSON.parse(body) as Body).events) {
      if (path !== `/${channel}`) this.leaked.add(data)
      const known = this.idOf.get(data)
      if (known === undefined) this.idOf.set(data, id)
      else if (known !== id) this.doubled.add(data)
    }
  }
}
