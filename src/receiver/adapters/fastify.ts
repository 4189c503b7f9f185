import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { Receiver, WebhookHandler } from '../receiver.js'
import { nodeHeaders } from './node.js'
import { readStream } from './read-body.js'

/** What the plugin uses of a Fastify instance. */
export interface FastifyScope {
  removeAllContentTypeParsers(): unknown
  addContentTypeParser(contentType: '*', parser: (request: unknown, payload: Readable) => Promise<Readable>): unknown
  post(path: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): unknown
}

export interface FastifyRequest {
  readonly raw: IncomingMessage
  readonly body: unknown
}

export interface FastifyReply {
  code(status: number): this
  headers(headers: Record<string, string>): this
  send(body: string): unknown
}

/**
 * A Fastify plugin with the route `POST path`; register it. Fastify keeps a plugin's body parser to the plugin, so the
 * other routes go on getting parsed bodies.
 */
export function fastifyWebhooks(
  receiver: Receiver,
  handler: WebhookHandler,
  { path = '/' }: { readonly path?: string | undefined } = {},
): (scope: FastifyScope) => Promise<void> {
  return async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', async (_request, payload) => payload)
    scope.post(path, async ({ raw, body }, reply) => {
      const readBody = async (maxBytes: number) => (isStream(body) ? readStream(body, maxBytes) : new Uint8Array())
      const answer = await receiver.handle({ method: 'POST', headers: raw.headers, readBody }, handler)
      return reply.code(answer.status).headers(nodeHeaders(raw, answer)).send(answer.body)
    })
  }
}

/** What the parser above gives; a request without a body has none. */
function isStream(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && 'readableDidRead' in body
}
