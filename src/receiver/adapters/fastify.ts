import type { Receiver, WebhookHandler } from '../receiver.js'
import { nodeHeaders } from './node.js'
import type { NodeRequest, NodeStream } from './node-http.js'
import { readStream } from './read-body.js'

/** What the plugin uses of a Fastify instance. */
export interface FastifyScope {
  /** Keeps Fastify from parsing bodies. */
  removeAllContentTypeParsers(): unknown
  /** Sets what is made of a body. */
  addContentTypeParser(
    contentType: '*',
    parser: (request: unknown, payload: NodeStream) => Promise<NodeStream>,
  ): unknown
  /** Adds a route. */
  post(path: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): unknown
}

/** What the plugin uses of a Fastify request. */
export interface FastifyRequest {
  /** Node's own request. */
  readonly raw: NodeRequest
  /** What the parser gave. */
  readonly body: unknown
}

/** What the plugin uses of a Fastify reply. */
export interface FastifyReply {
  /** Sets the status. */
  code(status: number): this
  /** Sets headers. */
  headers(headers: Record<string, string>): this
  /** Sends the body. */
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
function isStream(body: unknown): body is NodeStream {
  return typeof body === 'object' && body !== null && 'readableDidRead' in body
}
