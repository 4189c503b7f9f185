import { pipeline, Readable } from 'node:stream'
import type { InvokeCommandInput, InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda'
import type { LambdaTarget } from '../config/model.js'
import { BoundedBody } from './bounded-body.js'
import { type EgressGuard, EgressRefusedError } from './egress.js'
import { guardedAgents, openAgents } from './guarded-agents.js'
import { DeliveryError } from './http-errors.js'

type Sdk = typeof import('@aws-sdk/client-lambda')

/** What is said of invocations that `close` ends or that come after it. */
export const CLOSING = 'the invocation was let go because the transport is closing'

/** Lambda answers with 6 MiB at most. */
const MAX_RESPONSE_BYTES = 6 * 1024 * 1024

/** The SDK, loaded at the first invocation, and one client of it for each region and endpoint. */
export class LambdaClients {
  readonly #clients = new Map<string, LambdaClient>()
  #sdk: Promise<Sdk> | null = null
  #closed = false

  constructor(readonly egress: EgressGuard) {}

  /** Invokes once. Rejects with an error of the SDK's, of the network's or a `DeliveryError`. */
  async invoke(
    target: LambdaTarget,
    input: InvokeCommandInput,
    abortSignal: AbortSignal,
  ): Promise<InvokeCommandOutput> {
    const sdk = await this.#loadSdk()
    const client = this.#client(sdk, target)
    await resolveRegion(client, target)
    await resolveCredentials(client)
    return client.send(new sdk.InvokeCommand(input), { abortSignal })
  }

  close(): void {
    this.#closed = true
    for (const client of this.#clients.values()) client.destroy()
  }

  #loadSdk(): Promise<Sdk> {
    this.#sdk ??= import('@aws-sdk/client-lambda').catch((error: unknown) => {
      this.#sdk = null
      throw new DeliveryError(
        'configuration',
        'Lambda webhooks need the AWS SDK: npm install "@aws-sdk/client-lambda@>=3.1160 <3.1200"',
        { cause: error },
      )
    })
    return this.#sdk
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
