import { SqsFailure, type SqsFailureKind } from './port.js'

/** Names of errors, as the service and the SDK have them, without what stands before a dot or a hash. */
const KINDS: Readonly<Record<string, SqsFailureKind>> = {
  OverLimit: 'throttled',
  RequestThrottled: 'throttled',
  RequestLimitExceeded: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  KmsThrottled: 'throttled',
  SlowDown: 'throttled',
  ServiceUnavailable: 'throttled',
  QueueDoesNotExist: 'no-queue',
  NonExistentQueue: 'no-queue',
  ExpiredToken: 'credentials',
  ExpiredTokenException: 'credentials',
  ExpiredCredentials: 'credentials',
  TokenRefreshRequired: 'credentials',
  InvalidClientTokenId: 'credentials',
  UnrecognizedClientException: 'credentials',
  InvalidAccessKeyId: 'credentials',
  MissingAuthenticationToken: 'credentials',
  MissingAuthenticationTokenException: 'credentials',
  IncompleteSignature: 'credentials',
  InvalidSignatureException: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  AccessDenied: 'credentials',
  AccessDeniedException: 'credentials',
  CredentialsProviderError: 'credentials',
  TokenProviderError: 'credentials',
  ReceiptHandleIsInvalid: 'stale-handle',
  MessageNotInflight: 'stale-handle',
  InvalidMessageContents: 'refused-message',
  BatchRequestTooLong: 'refused-message',
}

/** A request that is answered with one of these is tried again later. */
const THROTTLING_STATUSES: ReadonlySet<unknown> = new Set([429, 503])

/** What a call has failed with, as a failure. Never shows a URL of credentials or a body. */
export function failureOf(error: unknown): SqsFailure {
  if (error instanceof SqsFailure) return error
  const { name, message, $metadata } = (error ?? {}) as {
    readonly name?: unknown
    readonly message?: unknown
    readonly $metadata?: { readonly httpStatusCode?: unknown }
  }
  const status = $metadata?.httpStatusCode
  const code = typeof name === 'string' ? name : 'Error'
  const kind = kindOf(code, String(message)) ?? (THROTTLING_STATUSES.has(status) ? 'throttled' : 'unavailable')
  return new SqsFailure(kind, `${code}: ${String(message ?? error)}`, { cause: error })
}

/** What has become of one message of a call. */
export function entryFailure(code: string, message: string, isSenderFault: boolean): SqsFailure {
  const kind = kindOf(code, message) ?? (isSenderFault ? 'refused-message' : 'throttled')
  return new SqsFailure(kind, `${code}: ${message}`)
}

function kindOf(code: string, message: string): SqsFailureKind | undefined {
  // Handles that have expired are reported as a wrong parameter.
  if (/receipt handle/i.test(message) && /expired|not valid|invalid/i.test(message)) return 'stale-handle'
  return KINDS[code.replace(/^.*[.#]/, '')]
}
