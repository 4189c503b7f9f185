import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import Pusher from 'pusher'

/** What the receiver's process tells: its port at first, then its counts whenever it is asked. */
export type ReceiverMessage = { readonly port: number } | ReceiverCounts

export interface ReceiverCounts {
  readonly requests: number
  /** Events of requests whose signature Pusher's own library accepts, each delivery counted once. */
  readonly verified: number
  /** Requests that it does not accept. */
  readonly invalid: number
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
  const rawBody = Buffer.concat(await request.toArray()).toString()
  const isInvocation = INVOKE.test(request.url ?? '')
  const headers = isInvocation ? contextHeaders(request.headers) : (request.headers as Record<string, string>)
  const webhook = libraries.get(headers['x-pusher-key'] ?? '')?.webhook({ rawBody, headers })
  const id = headers['webhook-id'] ?? ''
  counts.requests += 1
  if (webhook?.isValid() !== true) counts.invalid += 1
  else if (!seen.has(id)) counts.verified += webhook.getEvents().length
  seen.add(id)
  response.writeHead(isInvocation ? 202 : 200).end()
})

/** What stands in the headers of an HTTP delivery is in a function's client context. */
function contextHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const context = JSON.parse(Buffer.from(String(headers['x-amz-client-context'] ?? ''), 'base64').toString())
  return { 'content-type': 'application/json', ...context.custom }
}

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', () => process.send?.(counts))
process.on('disconnect', () => process.exit())
