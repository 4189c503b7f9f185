import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ChosenEvent {
  readonly channel: string
}

/** A receiver that looks at the events of a request before it answers. */
export class ChoosyReceiver implements AsyncDisposable {
  /** Channels of the events of requests that it acknowledged, in their order. */
  readonly received: string[] = []
  /** Delivery ids of all requests, in their order. */
  readonly ids: string[] = []
  private readonly server: Server

  private constructor(private readonly choose: (events: readonly ChosenEvent[]) => number) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { events } = JSON.parse(Buffer.concat(chunks).toString()) as { events: readonly ChosenEvent[] }
        const status = this.choose(events)
        this.ids.push(String(request.headers['webhook-id']))
        if (status < 300) this.received.push(...events.map(({ channel }) => channel))
        response.writeHead(status).end()
      })
    })
  }

  /** @param choose gives the status of the answer */
  static async start(choose: (events: readonly ChosenEvent[]) => number): Promise<ChoosyReceiver> {
    const receiver = new ChoosyReceiver(choose)
    receiver.server.listen(0, '127.0.0.1')
    await once(receiver.server, 'listening')
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    this.server.closeAllConnections()
    await closed
  }
}
