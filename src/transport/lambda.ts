import type { InvokeCommandInput } from '@aws-sdk/client-lambda'
import { maxPayloadBytes } from '../config/lambda-limits.js'
import type { AppConfig, EndpointConfig, LambdaTarget } from '../config/model.js'
import type { EgressGuard } from './egress.js'
import { DeliveryError } from './http-errors.js'
import { CLOSING, LambdaClients } from './lambda-clients.js'
import { clientContext } from './lambda-context.js'
import { outcomeOfInvocation, outcomeOfLambdaError } from './lambda-outcomes.js'
import type { Delivery, Outcome, Transport, Transports } from './transport.js'

export interface LambdaOptions {
  /** Asked about a webhook's `endpoint_url`; AWS's own endpoints, which may lie in a private network, are not checked. */
  readonly egress: EgressGuard
  /** Unix time in ms, for dates in `Retry-After`. */
  readonly now?: () => number
}

/** Delivers by invoking AWS Lambda functions, with what credentials the SDK's own chain finds. */
export function createLambdaTransports({ egress, now = Date.now }: LambdaOptions): Transports {
  const shared: Shared = { clients: new LambdaClients(egress), attempts: new Set(), now }
  return {
    open: (app, endpoint) => new LambdaTransport(shared, app, endpoint),
    close: async () => {
      for (const attempt of shared.attempts) attempt.abort(new DeliveryError('reset', CLOSING))
      shared.clients.close()
    },
  }
}

interface Shared {
  readonly clients: LambdaClients
  /** Those under way. */
  readonly attempts: Set<AbortController>
  readonly now: () => number
}

class LambdaTransport implements Transport {
  readonly #target: LambdaTarget

  constructor(
    readonly shared: Shared,
    readonly app: AppConfig,
    readonly endpoint: EndpointConfig,
  ) {
    if (endpoint.target.kind !== 'lambda') throw new TypeError(`not a Lambda target: ${endpoint.target.kind}`)
    this.#target = endpoint.target
  }

  send(delivery: Delivery, done: (outcome: Outcome) => void): void {
    const refused = tooLarge(delivery.body.byteLength, this.#target)
    if (refused !== null) queueMicrotask(() => done(refused))
    else void this.#attempt(delivery).then(done)
  }

  /** Runs synchronously until the body and the headers, which are the caller's, have been copied. */
  async #attempt(delivery: Delivery): Promise<Outcome> {
    const { shared, endpoint } = this
    const { functionName } = this.#target
    const attempt = new AbortController()
    shared.attempts.add(attempt)
    const deadline = setTimeout(() => {
      const message = `Lambda did not answer for ${functionName} within ${endpoint.requestTimeoutMs} ms`
      attempt.abort(new DeliveryError('timeout', message))
    }, endpoint.requestTimeoutMs)
    try {
      const invoking = shared.clients.invoke(this.#target, this.#input(delivery), attempt.signal)
      return outcomeOfInvocation(await Promise.race([invoking, aborted(attempt.signal)]), functionName)
    } catch (error) {
      return outcomeOfLambdaError(asError(error), functionName, shared.now())
    } finally {
      clearTimeout(deadline)
      shared.attempts.delete(attempt)
    }
  }

  #input(delivery: Delivery): InvokeCommandInput {
    const { functionName, invocationType, qualifier } = this.#target
    return {
      FunctionName: functionName,
      InvocationType: invocationType,
      // A copy: the SDK does not say when it, or the socket of a request that it has aborted, reads the payload last.
      Payload: Buffer.from(delivery.body),
      ...(qualifier === null ? {} : { Qualifier: qualifier }),
      ...(invocationType === 'RequestResponse' ? { ClientContext: clientContext(this.app, delivery) } : {}),
    }
  }
}

function tooLarge(bytes: number, { invocationType }: LambdaTarget): Outcome | null {
  const limit = maxPayloadBytes(invocationType)
  if (bytes <= limit) return null
  const message = `a body of ${bytes} bytes, and Lambda takes ${limit} for ${invocationType}`
  return { kind: 'rejected', failure: { cause: 'too-large', status: null, message }, stop: false }
}

/** Settles an attempt at its deadline wherever it is: the SDK heeds the signal only while a request is under way. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(asError(signal.reason)), { once: true })
  })
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
