import { type DuplicateStore, type DuplicateWindow, MemoryDuplicateStore } from './duplicates.js'
import type { WebhookHeaders } from './headers.js'
import { nodeCrypto } from './hmac.js'
import { type Processed, processOnce } from './process-once.js'
import type { SignedRequest } from './scheme-verifier.js'
import { createVerifier, type ReceivedWebhook, type Verifier, type VerifierOptions } from './verifier.js'
import { WebhookError } from './webhook-error.js'

/** How a receiver verifies and handles requests. */
export interface ReceiverOptions extends VerifierOptions {
  /** The largest body that is read, in bytes; default 1 MiB. */
  readonly maxBytes?: number | undefined
  /** How deliveries that come twice are known: a window in memory (the default), a store, or false for not at all. */
  readonly duplicates?: DuplicateWindow | DuplicateStore | false | undefined
  /**
   * Told of every request that was not processed, duplicates excepted. Without it the receiver's own failures (status
   * 500 and more) become process warnings. Must not throw.
   */
  readonly onError?: ((error: WebhookError) => void) | undefined
}

/** Does something with a verified webhook. When it throws or rejects, the sender is asked to try again. */
export type WebhookHandler = (webhook: ReceivedWebhook) => void | Promise<void>

/** What an adapter gives of a request. */
export interface WebhookRequest {
  /** The method, such as `POST`. */
  readonly method: string
  /** All headers of the request. */
  readonly headers: WebhookHeaders
  /** Reads the body as it came over the wire. Never rejects. */
  readonly readBody: (maxBytes: number) => Promise<Uint8Array | WebhookError>
}

/** What an adapter shall answer. */
export interface WebhookAnswer {
  /** The HTTP status. */
  readonly status: number
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>
  /** The body, in JSON. */
  readonly body: string
}

/** Verifies webhooks, keeps duplicates away and hands the rest to a handler, once each. */
export class Receiver {
  readonly #verifier: Verifier
  readonly #duplicates: DuplicateStore | null
  readonly #maxBytes: number
  readonly #onError: (error: WebhookError) => void

  /** @throws SignpostError `INVALID_OPTIONS` or `INVALID_SECRET` */
  constructor(options: ReceiverOptions) {
    this.#verifier = createVerifier(options)
    this.#duplicates = duplicateStore(options)
    this.#maxBytes = options.maxBytes ?? 1024 * 1024
    this.#onError = options.onError ?? warnOfOwnFailures
  }

  /**
   * Only verifies, for callers that do the rest themselves.
   * @throws WebhookError for a request that is not to be trusted
   */
  verify(request: SignedRequest): ReceivedWebhook {
    return orThrow(this.#verifier.verifyNow(request))
  }

  /**
   * Verifies a request, like `verify`, on every runtime: by WebCrypto where Node's crypto is not there.
   * @throws WebhookError for a request that is not to be trusted
   */
  async verifyAsync(request: SignedRequest): Promise<ReceivedWebhook> {
    return orThrow(await this.#verifier.verify(request))
  }

  /** The whole way of a request, for adapters. Never rejects. */
  async handle(request: WebhookRequest, handler: WebhookHandler): Promise<WebhookAnswer> {
    const result = await this.#process(request, handler)
    if (!(result instanceof WebhookError)) return jsonAnswer(200, { status: result })
    this.#onError(result)
    return jsonAnswer(result.status, { error: { code: result.code, message: result.message } }, result.headers)
  }

  async #process(request: WebhookRequest, handler: WebhookHandler): Promise<Processed> {
    const webhook = await this.#receive(request)
    if (webhook instanceof WebhookError) return webhook
    const process = () => run(handler, webhook)
    if (this.#duplicates === null || webhook.id === null) return process()
    return processOnce(this.#duplicates, webhook.id, process, this.#onError)
  }

  async #receive({ method, headers, readBody }: WebhookRequest): Promise<ReceivedWebhook | WebhookError> {
    if (method !== 'POST') return new WebhookError('METHOD_NOT_ALLOWED', 'webhooks come by POST')
    const body = await readBody(this.#maxBytes)
    return body instanceof WebhookError ? body : this.#verifier.verify({ headers, body })
  }
}

/**
 * Creates a receiver.
 * @throws SignpostError with the code `INVALID_OPTIONS` without any secret, `INVALID_SECRET` for a secret that is not in its form, and
 * `INVALID_DURATION` for a time that is none
 */
export function createReceiver(options: ReceiverOptions): Receiver {
  return new Receiver(options)
}

function duplicateStore({ duplicates, now }: ReceiverOptions): DuplicateStore | null {
  if (duplicates === false) return null
  if (duplicates !== undefined && 'claim' in duplicates) return duplicates
  return new MemoryDuplicateStore({ ...duplicates, now: duplicates?.now ?? now })
}

async function run(handler: WebhookHandler, webhook: ReceivedWebhook): Promise<Processed> {
  try {
    await handler(webhook)
    return 'processed'
  } catch (cause) {
    return new WebhookError('HANDLER_FAILED', 'the handler of this webhook failed', { cause })
  }
}

function orThrow(webhook: ReceivedWebhook | WebhookError): ReceivedWebhook {
  if (webhook instanceof WebhookError) throw webhook
  return webhook
}

function warnOfOwnFailures(error: WebhookError): void {
  if (error.status < 500) return
  const warning = error.cause instanceof Error ? error.cause : error
  if (nodeCrypto() === null) console.warn(warning)
  else process.emitWarning(warning)
}

function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): WebhookAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) }
}
