import { SignpostError } from '../errors.js'
import { EgressRefusedError } from './egress.js'
import type { Failure, FailureCause, Outcome } from './transport.js'

/** A failure that is described where it is noticed, because only there it is known what was being done. */
export class DeliveryError extends SignpostError {
  override name = 'DeliveryError'
  constructor(
    readonly failureCause: FailureCause,
    message: string,
    options?: ErrorOptions,
  ) {
    super('DELIVERY_FAILED', message, options)
  }
}

/** Causes that no further attempt will change. */
const FINAL: ReadonlySet<FailureCause> = new Set(['configuration', 'egress-refused'])

interface Description {
  readonly cause: FailureCause
  /** What the receiver did, after its name. */
  readonly event: string
}

const UNSENDABLE: Description = { cause: 'configuration', event: 'cannot be sent the headers of this webhook' }

const NOT_HTTP: Description = { cause: 'protocol', event: 'answered with something that is not HTTP/1.1' }

const BY_CODE: Readonly<Record<string, Description>> = {
  ECONNRESET: { cause: 'reset', event: 'reset the connection' },
  ECONNABORTED: { cause: 'reset', event: 'reset the connection' },
  EPIPE: { cause: 'reset', event: 'closed the connection while the request was being sent' },
  UND_ERR_SOCKET: { cause: 'reset', event: 'closed the connection without an answer' },
  UND_ERR_HEADERS_OVERFLOW: { cause: 'protocol', event: 'sent response headers that are too large' },
  HTTPParserError: NOT_HTTP,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: { cause: 'protocol', event: 'sent a response shorter than it announced' },
  UND_ERR_DESTROYED: { cause: 'reset', event: 'was let go because the transport is closing' },
  UND_ERR_CLOSED: { cause: 'reset', event: 'was let go because the transport is closing' },
  ERR_HTTP2_INVALID_CONNECTION_HEADERS: UNSENDABLE,
  ERR_HTTP2_INVALID_HEADER_VALUE: UNSENDABLE,
  ERR_INVALID_CHAR: UNSENDABLE,
  ERR_INVALID_HTTP_TOKEN: UNSENDABLE,
  ETIMEDOUT: { cause: 'timeout', event: 'stopped answering on the network' },
}

const BY_PREFIX: readonly (readonly [prefix: string, description: Description])[] = [
  ['HPE_', NOT_HTTP],
  ['ERR_HTTP2_', { cause: 'protocol', event: 'broke off the HTTP/2 exchange' }],
  ['ERR_SSL_', { cause: 'tls', event: 'broke off the TLS connection' }],
  ['ERR_TLS_', { cause: 'tls', event: 'broke off the TLS connection' }],
]

/** @param where the receiver, as `host:port` */
export function outcomeOfError(error: Error, where: string): Outcome {
  const failure = failureOf(error, where)
  return FINAL.has(failure.cause)
    ? { kind: 'rejected', failure, stop: false }
    : { kind: 'retry', failure, retryAfterMs: null }
}

export function failureOf(error: Error, where: string): Failure {
  if (error instanceof DeliveryError) return { cause: error.failureCause, status: null, message: error.message }
  if (error instanceof EgressRefusedError) return { cause: 'egress-refused', status: null, message: error.message }
  const code = codeOf(error)
  const known = BY_CODE[code] ?? BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1]
  if (known === undefined) return { cause: 'internal', status: null, message: `${where}: ${error.message}` }
  return { cause: known.cause, status: null, message: `${where} ${known.event} (${code})` }
}

/** The stable code of an error of Node's or undici's; its name when it has none. */
export function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
