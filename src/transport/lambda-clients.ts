import { pipeline, Readable } from 'node:stream'
import type { InvokeCommandInput, InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda'
import type { LambdaTarget } from '../config/model.js'
import { isInstalled, loadPackage } from '../load-package.js'
import { BoundedBody } from './bounded-body.js'
import { type EgressGuard, EgressRefusedError } from './egress.js'
import { guardedAgents, openAgents } from './guarded-agents.js'
import { codeOf, DeliveryError } from './http-errors.js'

type Sdk = typeof import('@aws-sdk/client-lambda')

const SDK = '@aws-sdk/client-lambda'
/** As in package.json. */
const SDK_RANGE = '^3.1160.0'

/** What is said of invocations that `close` ends or that come after it. */
export const CLOSING = 'the invocation was let go because the transport is closing'

/** Lambda answers with 6 MiB at most. */
const MAX_RESPONSE_BYTES = 6 * 1024 * 1024

/** The SDK, loaded at the first invocation, and one client of it for each region and endpoint. */
export class LambdaClients {
  readonly #clients = new Map<string, LambdaClient>()
  #sdk: Sdk | null = null
  #closed = false

  constructor(readonly egress: EgressGuard) {}

  /** Invokes once. Rejects with an error of the SDK's, of the network's or a `DeliveryError`. */
  async invoke(
    target: LambdaTarget,
    input: InvokeCommandInput,
    abortSignal: AbortSignal,
  ): Promise<InvokeCommandOutput> {
    const sdk = this.#loadSdk()
    const client = this.#client(sdk, target)
    await resolveRegion(client, target)
    await resolveCredentials(client)
    return client.send(new sdk.InvokeCommand(input), { abortSignal })
  }

  close(): void {
    this.#closed = true
    for (const client of this.#clients.values()) client.destroy()
  }

  #loadSdk(): Sdk {
    try {
      this.#sdk ??= loadPackage<Sdk>(SDK)
      return this.#sdk
    } catch (error) {
      throw notLoaded(asError(error))
    }
  }

  #client(sdk: Sdk, target: LambdaTarget): LambdaClient {
    if (this.#closed) throw new DeliveryError('reset', CLOSING)
    const key = JSON.stringify([target.region, target.endpointUrl])
    let client = this.#clients.get(key)
    if (client === undefined) {
      client = createClient(sdk, target, this.egress)
      this.#clients.set(key, client)
    }
    return client
  }
}

/** A package that is there but could not be loaded may be loaded later, as when there was no file descriptor left. */
function notLoaded(error: Error): DeliveryError {
  if (isInstalled(SDK)) {
    return new DeliveryError('internal', `the AWS SDK is installed but could not be loaded (${codeOf(error)})`, {
      cause: error,
    })
  }
  const message = `Lambda webhooks need the AWS SDK: npm install "${SDK}@${SDK_RANGE}"`
  return new DeliveryError('configuration', message, { cause: error })
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

function createClient(sdk: Sdk, { region, endpointUrl }: LambdaTarget, egress: EgressGuard): LambdaClient {
  const refusal = endpointUrl === null ? null : egress.checkUrl(endpointUrl)
  if (refusal !== null) throw new EgressRefusedError(refusal)
  const client = new sdk.LambdaClient({
    // The courier tries again; the SDK doing so as well would multiply the attempts.
    maxAttempts: 1,
    requestHandler: endpointUrl === null ? openAgents(egress) : guardedAgents(egress),
    ...(region === null ? {} : { region }),
    ...(endpointUrl === null ? {} : { endpoint: endpointUrl }),
  })
  client.middlewareStack.addRelativeTo(boundedResponse, {
    name: 'boundedResponse',
    relation: 'after',
    toMiddleware: 'deserializerMiddleware',
  })
  return client
}

type Handler<Args, Result> = (args: Args) => Promise<Result>

/** A middleware that stands where the response is still as it came. */
function boundedResponse<Args, Result extends { response: unknown }>(
  next: Handler<Args, Result>,
): Handler<Args, Result> {
  return async (args) => {
    const result = await next(args)
    const { response } = result
    if (isResponse(response)) response.body = bounded(response.body)
    return result
  }
}

function isResponse(response: unknown): response is { body: Readable } {
  return typeof response === 'object' && response !== null && 'body' in response && response.body instanceof Readable
}

function bounded(body: Readable): Readable {
  // Whoever reads the result is told of the error by the result itself.
  return pipeline(body, new BoundedBody(MAX_RESPONSE_BYTES), () => undefined)
}

/** Asked for beforehand, because the SDK's own errors about it have neither code nor name. */
async function resolveRegion(client: LambdaClient, { functionName }: LambdaTarget): Promise<void> {
  try {
    await client.config.region()
  } catch (error) {
    throw new DeliveryError(
      'configuration',
      `no AWS region for the Lambda function ${functionName}: set lambda.region of the webhook, or AWS_REGION`,
      { cause: error },
    )
  }
}

/** The SDK keeps them until shortly before they expire. */
async function resolveCredentials(client: LambdaClient): Promise<void> {
  try {
    await client.config.credentials()
  } catch (error) {
    throw new DeliveryError(
      'credentials',
      'no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role for this machine',
      { cause: error },
    )
  }
}
