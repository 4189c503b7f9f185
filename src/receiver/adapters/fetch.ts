import type { Receiver, WebhookHandler } from '../receiver.js'
import { WebhookError } from '../webhook-error.js'
import { readBody } from './read-body.js'

/** A handler from `Request` to `Response`, for servers and frameworks that speak the Fetch standard. */
export function fetchHandler(receiver: Receiver, handler: WebhookHandler): (request: Request) => Promise<Response> {
  return async (request) => {
    const { method, headers } = request
    const answer = await receiver.handle(
      { method, headers, readBody: (maxBytes) => readFetchBody(request, maxBytes) },
      handler,
    )
    return new Response(answer.body, { status: answer.status, headers: answer.headers })
  }
}

async function readFetchBody(request: Request, maxBytes: number): Promise<Uint8Array | WebhookError> {
  if (request.bodyUsed) {
    return new WebhookError(
      'BODY_UNAVAILABLE',
      'the raw body is gone: let nothing read the request before this handler',
    )
  }
  return request.body === null ? new Uint8Array() : readBody(request.body, maxBytes)
}
