import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import Pusher from 'pusher'
import { signedRegion } from '../../test/support/sigv4.js'
import { AWS_CREDENTIALS } from './aws.js'

/** What the receiver's process answers whenever it is asked; its first message is its port. */
export interface ReceiverCounts {
  readonly requests: number
  /** Events of requests that are signed as they must be, each delivery counted once. */
  readonly verified: number
  /** Requests that are not. */
  readonly invalid: number
}

/** A delivery whose signature holds. */
interface Verified {
  readonly deliveryId: string
  readonly events: number
}

const apps = JSON.parse(process.argv[2] ?? '[]') as readonly { id: string; key: string; secret: string }[]
const libraries = new Map(
  apps.map(({ id, key, secret }) => [key, new Pusher({ appId: id, key, secret, cluster: 'mt1' })]),
)
const seen = new Set<string>()
const counts = { requests: 0, verified: 0, invalid: 0 }

/** AWS Lambda's Invoke API; every other path is a webhook's. */
const INVOKE = /^\/2015-03-31\/functions\/[^/]+\/invocations/

const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray())
  const isInvocation = INVOKE.test(request.url ?? '')
  const verified = isInvocation ? verifyInvocation(request, body) : verifyWebhook(request, body)
  counts.requests += 1
  if (verified === null) counts.invalid += 1
  else if (!seen.has(verified.deliveryId)) counts.verified += verified.events
  if (verified !== null) seen.add(verified.deliveryId)
  response.writeHead(verified === null ? 401 : isInvocation ? 202 : 200).end()
})

/** By Pusher's own library. */
function verifyWebhook(request: IncomingMessage, body: Buffer): Verified | null {
  const headers = request.headers as Record<string, string>
  const webhook = libraries.get(headers['x-pusher-key'] ?? '')?.webhook({ rawBody: body.toString(), headers })
  if (webhook?.isValid() !== true) return null
  return { deliveryId: headers['webhook-id'] ?? '', events: webhook.getEvents().length }
}

/** By AWS's Signature Version 4. An `Event` invocation carries no delivery id, but its body is the same at every attempt. */
function verifyInvocation({ method = '', url = '', headers }: IncomingMessage, body: Buffer): Verified | null {
  if (signedRegion({ method, url, headers, body }, AWS_CREDENTIALS) === null) return null
  const { events } = JSON.parse(body.toString()) as { events: readonly unknown[] }
  return { deliveryId: createHash('sha256').update(url).update(body).digest('hex'), events: events.length }
}

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', () => process.send?.(counts))
process.on('disconnect', () => process.exit())
