import type { InvokeCommandOutput } from '@aws-sdk/client-lambda'
import { EgressRefusedError } from './egress.js'
import { codeOf, DeliveryError, outcomeOfError } from './http-errors.js'
import { verdictOf } from './http-status.js'
import { parseRetryAfter } from './retry-after.js'
import type { FailureCause, Outcome } from './transport.js'

/** How long a batch waits before the credentials are looked for again, in ms: looking may ask the network. */
export const CREDENTIALS_PAUSE_MS = 30_000

interface Ruling {
  readonly kind: 'retry' | 'too-large' | 'rejected'
  readonly cause: FailureCause
  /** What to do, where that is known. */
  readonly advice?: string
}

const TRY_AGAIN: Ruling = { kind: 'retry', cause: 'status' }
const FINAL: Ruling = { kind: 'rejected', cause: 'status' }
const TOO_LARGE: Ruling = { kind: 'too-large', cause: 'too-large' }
const REFUSED_CREDENTIALS: Ruling = { kind: 'rejected', cause: 'credentials', advice: 'check the AWS credentials' }

/** Exceptions whose status alone would mislead; the others are ruled by their status as HTTP answers are. */
const BY_NAME: Readonly<Record<string, Ruling>> = {
  AccessDeniedException: {
    ...REFUSED_CREDENTIALS,
    advice: 'allow lambda:InvokeFunction to the AWS credentials in use',
  },
  IncompleteSignatureException: REFUSED_CREDENTIALS,
  InvalidClientTokenId: REFUSED_CREDENTIALS,
  InvalidSignatureException: REFUSED_CREDENTIALS,
  MissingAuthenticationTokenException: REFUSED_CREDENTIALS,
  UnrecognizedClientException: REFUSED_CREDENTIALS,
  ExpiredTokenException: { kind: 'retry', cause: 'credentials', advice: 'the AWS session has expired' },
  RequestTooLargeException: TOO_LARGE,
  SerializedRequestEntityTooLargeException: TOO_LARGE,
  ResourceNotFoundException: { ...FINAL, advice: 'check the name, region and qualifier of the function' },
  EFSIOException: TRY_AGAIN,
  RequestLimitExceeded: TRY_AGAIN,
  Throttling: TRY_AGAIN,
  ThrottlingException: TRY_AGAIN,
  TooManyRequestsException: TRY_AGAIN,
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
])

/** An exception of the service's, however the SDK has dressed it. */
interface ServiceFailure {
  readonly name: string
  readonly status: number
  readonly retryAfter: string | undefined
  /** The clocks differed; the SDK has taken the service's and will sign the next request by it. */
  readonly clockCorrected: boolean
}

/** `Event` answers 202, and then only the queueing has succeeded. */
export function outcomeOfInvocation(output: InvokeCommandOutput, functionName: string): Outcome {
  const status = output.StatusCode ?? output.$metadata.httpStatusCode ?? 200
  if (output.FunctionError === undefined) return { kind: 'delivered', status }
  const message = `Lambda function ${functionName} ran and failed (${word(output.FunctionError)})`
  return { kind: 'retry', failure: { cause: 'function-error', status, message }, retryAfterMs: null }
}

/** @param nowMs Unix time in ms */
export function outcomeOfLambdaError(error: Error, functionName: string, nowMs: number): Outcome {
  if (error instanceof DeliveryError || error instanceof EgressRefusedError)
    return outcomeOfOwnError(error, functionName)
  const service = serviceFailure(error)
  if (service !== null) return outcomeOfService(service, functionName, nowMs)
  if (!UNREACHABLE.has(codeOf(error))) return outcomeOfError(error, `Lambda (${functionName})`)
  const message = `Lambda cannot be reached to invoke ${functionName} (${codeOf(error)})`
  return { kind: 'retry', failure: { cause: 'connect', status: null, message }, retryAfterMs: null }
}

function outcomeOfOwnError(error: DeliveryError | EgressRefusedError, functionName: string): Outcome {
  const outcome = outcomeOfError(error, functionName)
  if (outcome.kind !== 'retry' || outcome.failure.cause !== 'credentials') return outcome
  return { ...outcome, retryAfterMs: CREDENTIALS_PAUSE_MS }
}

function outcomeOfService(service: ServiceFailure, functionName: string, nowMs: number): Outcome {
  const { kind, cause, advice } = rulingOf(service)
  const hint = advice === undefined ? '' : `: ${advice}`
  const message = `Lambda answered ${service.status} ${word(service.name)} for ${functionName}${hint}`
  const failure = { cause, status: service.status, message }
  if (kind === 'too-large') return { kind, failure }
  if (kind === 'rejected') return { kind, failure, stop: false }
  return { kind, failure, retryAfterMs: parseRetryAfter(service.retryAfter, nowMs) }
}

function rulingOf({ name, status, clockCorrected }: ServiceFailure): Ruling {
  const named = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined
  const ruling = named ?? (verdictOf(status) === 'retry' ? TRY_AGAIN : FINAL)
  return clockCorrected && ruling.cause === 'credentials'
    ? { kind: 'retry', cause: 'credentials', advice: "this machine's clock is wrong" }
    : ruling
}

function serviceFailure(error: Error): ServiceFailure | null {
  const metadata = property(error, '$metadata')
  const response = property(error, '$response')
  const status = property(metadata, 'httpStatusCode') ?? property(response, 'statusCode')
  if (typeof status !== 'number') return null
  const retryAfter = property(property(response, 'headers'), 'retry-after')
  return {
    name: error.name,
    status,
    retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    clockCorrected: property(metadata, 'clockSkewCorrected') === true,
  }
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** What the other side has written is shown only when it is a word. */
function word(text: string): string {
  return /^[\w.-]{1,64}$/.test(text) ? text : 'an unreadable error'
}
