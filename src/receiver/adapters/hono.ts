import type { Receiver, WebhookHandler } from '../receiver.js'
import { fetchHandler } from './fetch.js'

/** What the handler uses of Hono's context. */
export interface HonoContext {
  /** Hono's request, with the Fetch standard's in `raw`. */
  readonly req: { readonly raw: Request }
}

/** A route handler for Hono. */
export function honoHandler(receiver: Receiver, handler: WebhookHandler): (context: HonoContext) => Promise<Response> {
  const handle = fetchHandler(receiver, handler)
  return (context) => handle(context.req.raw)
}
