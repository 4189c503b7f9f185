import type { Receiver, WebhookHandler } from '../receiver.js'
import { answerNodeRequest } from './node.js'
import type { NodeRequest, NodeResponse } from './node-http.js'
import { readBody, readStream } from './read-body.js'

/** An Express request, or another framework's that keeps what it has read in `body` or `rawBody`. */
export interface ExpressRequest extends NodeRequest {
  /** What a body parser has made of the body. */
  readonly body?: unknown
  /** The bytes of the body, as some frameworks keep them. */
  readonly rawBody?: unknown
}

/**
 * A route handler for Express. It reads the request itself, or takes the bytes that `express.raw()` has read; behind
 * `express.json()` the raw body is gone and the answer is 500 with the code `BODY_UNAVAILABLE`.
 */
export function expressHandler(
  receiver: Receiver,
  handler: WebhookHandler,
): (request: ExpressRequest, response: NodeResponse) => void {
  return (request, response) => {
    void answerNodeRequest(receiver, handler, request, response, async (maxBytes) => {
      const bytes = [request.rawBody, request.body].find((body) => body instanceof Uint8Array)
      return bytes === undefined ? readStream(request, maxBytes) : readBody([bytes], maxBytes)
    })
  }
}
