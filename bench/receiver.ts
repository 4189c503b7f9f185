import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the receiver's process tells: its port at first, then its counts whenever it is asked. */
export interface ReceiverCounts {
  readonly requests: number
  readonly events: number
  /** Requests whose signature was checked, one in `SAMPLE`, and how many of them were wrong. */
  readonly checked: number
  readonly invalid: number
}

const SAMPLE = 50
const TIME_MEMBER = Buffer.from('"time_ms":')

const secret = process.argv[2] ?? ''
const counts = { requests: 0, events: 0, checked: 0, invalid: 0 }

/** Every event has one `time_ms`, and so has the envelope. */
function eventsIn(body: Buffer): number {
  let members = 0
  for (let at = body.indexOf(TIME_MEMBER); at >= 0; at = body.indexOf(TIME_MEMBER, at + TIME_MEMBER.length))
    members += 1
  return members - 1
}

createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const [only, ...others] = chunks
    const body = only !== undefined && others.length === 0 ? only : Buffer.concat(chunks)
    counts.requests += 1
    counts.events += eventsIn(body)
    if (counts.requests % SAMPLE === 1) {
      counts.checked += 1
      const expected = createHmac('sha256', secret).update(body).digest('hex')
      if (request.headers['x-pusher-signature'] !== expected) counts.invalid += 1
    }
    response.end()
  })
}).listen(0, '127.0.0.1', function (this: import('node:net').Server) {
  process.send?.({ port: (this.address() as AddressInfo).port })
})
process.on('message', () => process.send?.(counts))
process.on('disconnect', () => process.exit())
