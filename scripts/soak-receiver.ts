import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AcceptedEvents } from './soak.js'

/** Notes of every numbered event under which delivery it came, in memory that does not grow: four bytes an event. */
export class SoakReceiver {
  /** Events that came again under the same delivery id. */
  repeated = 0
  /** Events that came under a second one. */
  doubled = 0
  /** By event: the first 32 bits of its delivery id; 0: it has not come. */
  private readonly deliveryOf: Uint32Array
  private readonly server: Server

  private constructor(readonly capacity: number) {
    this.deliveryOf = new Uint32Array(capacity)
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        this.take(String(request.headers['webhook-id']), Buffer.concat(chunks).toString())
        response.end()
      })
    })
  }

  static async start(capacity: number): Promise<SoakReceiver> {
    const receiver = new SoakReceiver(capacity)
    receiver.server.listen(0, '127.0.0.1')
    await once(receiver.server, 'listening')
    return receiver
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** How many accepted events have not come. */
  missing({ length, wasRefused }: AcceptedEvents): number {
    let missing = 0
    for (let number = 0; number < length; number++) {
      if (this.deliveryOf[number] === 0 && wasRefused[number] === 0) missing += 1
    }
    return missing
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    this.server.closeAllConnections()
    await closed
  }

  private take(deliveryId: string, body: string): void {
    const delivery = Number.parseInt(deliveryId.slice(0, 8), 16) || 1
    for (const { data } of (JSON.parse(body) as { readonly events: readonly { readonly data: string }[] }).events) {
      const number = Number(data)
      const known = this.deliveryOf[number] ?? 0
      if (known === 0) this.deliveryOf[number] = delivery
      else if (known === delivery) this.repeated += 1
      else this.doubled += 1
    }
  }
}
