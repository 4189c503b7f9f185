import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the soak's receiver answers whenever it is asked; its first message is its port. */
export interface SoakCounts {
  /** Numbers that have come. */
  readonly received: number
  /** Events that came again under the delivery id that they had. */
  readonly repeated: number
  /** Events that came under a second delivery id. */
  readonly doubled: number
  readonly rss: number
  readonly heapUsed: number
}

export interface SoakReceiverSettings {
  /** One more than the highest number that may come. */
  readonly capacity: number
  /** How long an answer takes, in ms. */
  readonly answerAfterMs: number
  /** So long after its start, in ms, requests to a path that begins with /dead/ are answered 503. */
  readonly deadForMs: number
}

/** Asks how many of the numbers from the one to before the other have not come. */
export interface MissingQuestion {
  readonly from: number
  readonly to: number
}

const { capacity, answerAfterMs, deadForMs } = JSON.parse(process.argv[2] ?? '{}') as SoakReceiverSettings
/** By event: the first 32 bits of its delivery id; 0: it has not come. Memory that does not grow: four bytes an event. */
const deliveryOf = new Uint32Array(capacity)
const counts = { received: 0, repeated: 0, doubled: 0 }

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    if (request.url?.startsWith('/dead/') === true && performance.now() < deadForMs) {
      response.writeHead(503).end()
      return
    }
    take(String(request.headers['webhook-id']), Buffer.concat(chunks).toString())
    if (answerAfterMs === 0) response.end()
    else setTimeout(() => response.end(), answerAfterMs)
  })
})

function take(deliveryId: string, body: string): void {
  const delivery = Number.parseInt(deliveryId.slice(0, 8), 16) || 1
  for (const { data } of (JSON.parse(body) as { readonly events: readonly { readonly data: string }[] }).events) {
    const number = Number(data)
    const known = deliveryOf[number] ?? 0
    if (known === 0) counts.received += 1
    else if (known === delivery) counts.repeated += 1
    else counts.doubled += 1
    if (known === 0) deliveryOf[number] = delivery
  }
}

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', (question: 'report' | MissingQuestion) => {
  if (question !== 'report') {
    process.send?.(deliveryOf.subarray(question.from, question.to).reduce((sum, id) => sum + (id === 0 ? 1 : 0), 0))
    return
  }
  globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  process.send?.({ ...counts, rss, heapUsed } satisfies SoakCounts)
})
process.on('disconnect', () => process.exit())
