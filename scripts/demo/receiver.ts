import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import Pusher from 'pusher'
import { signedRegion } from '../sigv4.js'
import { AWS_CREDENTIALS } from './aws.js'
import { numberOf } from './numbered-load.js'

export interface ReceiverSettings {
  readonly apps: readonly { readonly id: string; readonly key: string; readonly secret: string }[]
  /** How long an answer takes, in ms. */
  readonly answerAfterMs: number
}

/** What the receiver's process answers whenever it is asked; its first message is its port. */
export interface ReceiverCounts {
  readonly requests: number
  /** Events of requests that are signed as they must be, each delivery counted once. */
  readonly verified: number
  /** Requests that are not. */
  readonly invalid: number
}

/** From the first to before the second. */
export type NumberRange = readonly [from: number, to: number]

/** What came, signed as it must be, of events that carry a number. */
export interface ReceivedNumbers {
  /** Different numbers. */
  readonly received: number
  /** Times that one came again. */
  readonly repeated: number
}

/** A delivery whose signature holds. */
interface Verified {
  readonly deliveryId: string
  readonly events: readonly { readonly channel?: string }[]
}

const { apps, answerAfterMs } = JSON.parse(process.argv[2] ?? '{}') as ReceiverSettings
const libraries = new Map(
  apps.map(({ id, key, secret }) => [key, new Pusher({ appId: id, key, secret, cluster: 'mt1' })]),
)
const seen = new Set<string>()
const counts = { requests: 0, verified: 0, invalid: 0 }
/** How often each number came. */
const numbers = new Map<number, number>()

/** AWS Lambda's Invoke API; every other path is a webhook's. */
const INVOKE = /^\/2015-03-31\/functions\/[^/]+\/invocations/

const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray())
  const isInvocation = INVOKE.test(request.url ?? '')
  const verified = isInvocation ? verifyInvocation(request, body) : verifyWebhook(request, body)
  count(verified)
  if (answerAfterMs > 0) await pause(answerAfterMs)
  response.writeHead(verified === null ? 401 : isInvocation ? 202 : 200).end()
})

function count(verified: Verified | null): void {
  counts.requests += 1
  if (verified === null) {
    counts.invalid += 1
    return
  }
  const { deliveryId, events } = verified
  if (!seen.has(deliveryId)) counts.verified += events.length
  seen.add(deliveryId)
  for (const { channel = '' } of events) {
    const number = numberOf(channel)
    if (number !== null) numbers.set(number, (numbers.get(number) ?? 0) + 1)
  }
}

function receivedWithin(ranges: readonly NumberRange[]): ReceivedNumbers {
  const times = [...numbers].filter(([number]) => ranges.some(([from, to]) => number >= from && number < to))
  return { received: times.length, repeated: times.reduce((sum, [, count]) => sum + count - 1, 0) }
}

/** By Pusher's own library. */
function verifyWebhook(request: IncomingMessage, body: Buffer): Verified | null {
  const headers = request.headers as Record<string, string>
  const webhook = libraries.get(headers['x-pusher-key'] ?? '')?.webhook({ rawBody: body.toString(), headers })
  if (webhook?.isValid() !== true) return null
  return { deliveryId: headers['webhook-id'] ?? '', events: webhook.getEvents() }
}

/** By AWS's Signature Version 4. An `Event` invocation carries no delivery id, but its body is the same at every attempt. */
function verifyInvocation({ method = '', url = '', headers }: IncomingMessage, body: Buffer): Verified | null {
  if (signedRegion({ method, url, headers, body }, AWS_CREDENTIALS) === null) return null
  const { events } = JSON.parse(body.toString()) as { events: Verified['events'] }
  return { deliveryId: createHash('sha256').update(url).update(body).digest('hex'), events }
}

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', (question: 'report' | { readonly within: readonly NumberRange[] }) => {
  process.send?.(question === 'report' ? counts : receivedWithin(question.within))
})
process.on('disconnect', () => process.exit())
