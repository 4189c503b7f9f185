/**
 * Verifies webhooks and handles each delivery once. Runs on Node, Deno, Bun and runtimes that have WebCrypto, and imports nothing.
 *
 * @module signpost/receiver
 */

export type { SignatureName } from '../signing/scheme.js'
export { SignpostError } from '../signpost-error.js'
export { type ExpressRequest, expressHandler } from './adapters/express.js'
export { type FastifyReply, type FastifyRequest, type FastifyScope, fastifyWebhooks } from './adapters/fastify.js'
export { fetchHandler } from './adapters/fetch.js'
export { type HonoContext, honoHandler } from './adapters/hono.js'
export { nodeHandler } from './adapters/node.js'
export type { NodeRequest, NodeResponse, NodeStream } from './adapters/node-http.js'
export { deriveStandardWebhooksSecret, deriveStandardWebhooksSecretAsync } from './derived-secret.js'
export { type Claim, type DuplicateStore, type DuplicateWindow, MemoryDuplicateStore } from './duplicates.js'
export type {
  CacheMissEvent,
  ChannelOccupiedEvent,
  ChannelVacatedEvent,
  ClientEvent,
  MemberAddedEvent,
  MemberRemovedEvent,
  OtherEvent,
  OtherEventName,
  StandardEvent,
  StandardEventName,
  SubscriptionCountEvent,
  WebhookEvent,
} from './events.js'
export type { HeaderLookup, HeaderRecord, WebhookHeaders } from './headers.js'
export {
  createReceiver,
  Receiver,
  type ReceiverOptions,
  type WebhookAnswer,
  type WebhookHandler,
  type WebhookRequest,
} from './receiver.js'
export type { SignedRequest } from './scheme-verifier.js'
export type { ReceivedWebhook, VerifierOptions } from './verifier.js'
export type { PusherCredentials } from './verify-pusher.js'
export { WebhookError, type WebhookErrorCode } from './webhook-error.js'
