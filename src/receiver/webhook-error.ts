import { SignpostError } from '../signpost-error.js'

/** What was wrong with a request, or with its handling. */
export type WebhookErrorCode =
  /** The method is not POST. */
  | 'METHOD_NOT_ALLOWED'
  /** The body is larger than `maxBytes`. */
  | 'BODY_TOO_LARGE'
  /** The request broke off before its end. */
  | 'BODY_ABORTED'
  /** The raw body was read, or changed, by something else. */
  | 'BODY_UNAVAILABLE'
  /** The body is not a webhook. */
  | 'BAD_BODY'
  /** A header is not in its form. */
  | 'BAD_HEADER'
  /** There is no signature of a scheme that has secrets here, or a part of it is missing. */
  | 'MISSING_SIGNATURE'
  /** `X-Pusher-Key` names no app that is known here. */
  | 'UNKNOWN_KEY'
  /** The signature is not that of the body under any secret. */
  | 'BAD_SIGNATURE'
  /** `webhook-timestamp` is too far from now. */
  | 'STALE_TIMESTAMP'
  /** The same delivery is being handled. */
  | 'IN_PROGRESS'
  /** The store of processed deliveries failed. */
  | 'STORE_FAILED'
  /** The handler threw or rejected. */
  | 'HANDLER_FAILED'

interface HttpAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * What each error answers over HTTP. Signpost tries 409, 5xx and lost connections again and takes other 4xx as final, so
 * only what another attempt could change answers so.
 */
const answers: Readonly<Record<WebhookErrorCode, HttpAnswer>> = {
  METHOD_NOT_ALLOWED: { status: 405, headers: { allow: 'POST' } },
  BODY_TOO_LARGE: { status: 413 },
  BODY_ABORTED: { status: 400 },
  BODY_UNAVAILABLE: { status: 500 },
  BAD_BODY: { status: 400 },
  BAD_HEADER: { status: 400 },
  MISSING_SIGNATURE: { status: 401 },
  UNKNOWN_KEY: { status: 401 },
  BAD_SIGNATURE: { status: 401 },
  STALE_TIMESTAMP: { status: 401 },
  IN_PROGRESS: { status: 409, headers: { 'retry-after': '1' } },
  STORE_FAILED: { status: 503 },
  HANDLER_FAILED: { status: 500 },
}

/**
 * Why a request was not handed to the handler, or was and failed. The message says what is wrong and is fit for the
 * sender to read: it never holds a secret or an expected signature. `cause` is for the receiver's own log.
 */
export class WebhookError extends SignpostError {
  override name = 'WebhookError'
  declare readonly code: WebhookErrorCode

  constructor(code: WebhookErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }

  /** The HTTP status that the adapters answer with. */
  get status(): number {
    return answers[this.code].status
  }

  /** Headers that go with the status. */
  get headers(): Readonly<Record<string, string>> {
    return answers[this.code].headers ?? {}
  }
}
