import type { Receiver, WebhookAnswer, WebhookHandler } from '../receiver.js'
import type { WebhookError } from '../webhook-error.js'
import type { NodeRequest, NodeResponse } from './node-http.js'
import { readStream } from './read-body.js'

/** A request listener for `http.createServer`, or for one route of it. */
export function nodeHandler(
  receiver: Receiver,
  handler: WebhookHandler,
): (request: NodeRequest, response: NodeResponse) => void {
  return (request, response) => {
    void answerNodeRequest(receiver, handler, request, response, (maxBytes) => readStream(request, maxBytes))
  }
}

export async function answerNodeRequest(
  receiver: Receiver,
  handler: WebhookHandler,
  request: NodeRequest,
  response: NodeResponse,
  read: (maxBytes: number) => Promise<Uint8Array | WebhookError>,
): Promise<void> {
  const { method = '', headers } = request
  const answer = await receiver.handle({ method, headers, readBody: read }, handler)
  // Something else, such as a time limit, has answered meanwhile: the sender goes by that.
  if (response.headersSent || response.writableEnded) return
  response.writeHead(answer.status, nodeHeaders(request, answer)).end(answer.body)
}

/** Headers of the answer; the connection ends with it when the request has not been read to its end. */
export function nodeHeaders(request: NodeRequest, answer: WebhookAnswer): Record<string, string> {
  return { ...answer.headers, ...(request.complete ? {} : { connection: 'close' }) }
}
