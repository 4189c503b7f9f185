import type { Message, MessageAttributeValue, QueueAttributeName, SQSClient } from '@aws-sdk/client-sqs'
import { isInstalled, loadPackage } from '../../load-package.js'
import { StoreDownError } from '../errors.js'
import { entryFailure, failureOf } from './failures.js'
import type {
  Hiding,
  IncomingMessage,
  MessageAttributes,
  Outcomes,
  OutgoingMessage,
  QueueFacts,
  ReceiveRequest,
  SqsPort,
} from './port.js'
import { SqsFailure } from './port.js'

type Sdk = typeof import('@aws-sdk/client-sqs')

const SDK = '@aws-sdk/client-sqs'
/** As in package.json. */
const SDK_RANGE = '^3.1160.0'

/** How long a call may take beside what it waits for messages, in ms. */
const CALL_TIMEOUT_MS = 10_000

export interface SqsClientOptions {
  readonly region: string
  /** Another SQS than that of AWS; null: none. */
  readonly endpointUrl: string | null
}

/** SQS by the AWS SDK. Credentials come from the SDK's own chain; when they are refused, that is asked again. */
export class SqsClient implements SqsPort {
  readonly #options: SqsClientOptions
  readonly #closing = new AbortController()
  #sdk: Sdk | null = null
  #client: SQSClient | null = null

  constructor(options: SqsClientOptions) {
    this.#options = options
  }

  async send(url: string, messages: readonly OutgoingMessage[]): Promise<Outcomes> {
    const Entries = messages.map(({ text, attributes, group, deduplicationId }, index) => ({
      Id: String(index),
      MessageBody: text,
      MessageAttributes: toSdk(attributes),
      MessageGroupId: group,
      ...(isFifo(url) ? { MessageDeduplicationId: deduplicationId } : {}),
    }))
    const { Failed } = await this.#call((client, sdk, abortSignal) => {
      return client.send(new sdk.SendMessageBatchCommand({ QueueUrl: url, Entries }), { abortSignal })
    })
    return outcomesOf(messages.length, Failed)
  }

  async receive(url: string, request: ReceiveRequest): Promise<readonly IncomingMessage[]> {
    const { mostMessages, waitSeconds, hiddenSeconds, signal } = request
    const input = {
      QueueUrl: url,
      MaxNumberOfMessages: mostMessages,
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: hiddenSeconds,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: [
        'ApproximateReceiveCount' as const,
        'ApproximateFirstReceiveTimestamp' as const,
        'SentTimestamp' as const,
      ],
    }
    const { Messages } = await this.#call(
      (client, sdk, abortSignal) => client.send(new sdk.ReceiveMessageCommand(input), { abortSignal }),
      { waitsMs: waitSeconds * 1000, signal },
    )
    return (Messages ?? []).map(incoming)
  }

  async remove(url: string, handles: readonly string[]): Promise<Outcomes> {
    const Entries = handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }))
    const { Failed } = await this.#call((client, sdk, abortSignal) => {
      return client.send(new sdk.DeleteMessageBatchCommand({ QueueUrl: url, Entries }), { abortSignal })
    })
    return outcomesOf(handles.length, Failed)
  }

  async hide(url: string, hidings: readonly Hiding[]): Promise<Outcomes> {
    const Entries = hidings.map(({ handle, seconds }, index) => ({
      Id: String(index),
      ReceiptHandle: handle,
      VisibilityTimeout: seconds,
    }))
    const { Failed } = await this.#call((client, sdk, abortSignal) => {
      return client.send(new sdk.ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }), { abortSignal })
    })
    return outcomesOf(hidings.length, Failed)
  }

  async find({ name, url }: { readonly name: string; readonly url: string | null }): Promise<QueueFacts | null> {
    try {
      return await this.#call(async (client, sdk, abortSignal) => {
        const sent = { abortSignal }
        const found = url ?? (await client.send(new sdk.GetQueueUrlCommand({ QueueName: name }), sent)).QueueUrl
        if (found === undefined) return null
        const asked = new sdk.GetQueueAttributesCommand({ QueueUrl: found, AttributeNames: ['All'] })
        const { Attributes } = await client.send(asked, sent)
        return { url: found, attributes: Attributes ?? {} }
      })
    } catch (error) {
      if (error instanceof SqsFailure && error.kind === 'no-queue') return null
      throw error
    }
  }

  async create(name: string, attributes: Readonly<Record<string, string>>): Promise<string> {
    const input = { QueueName: name, Attributes: attributes as Partial<Record<QueueAttributeName, string>> }
    const { QueueUrl } = await this.#call((client, sdk, abortSignal) => {
      return client.send(new sdk.CreateQueueCommand(input), { abortSignal })
    })
    if (QueueUrl === undefined) throw new SqsFailure('unavailable', `SQS returned no URL of the queue ${name}`)
    return QueueUrl
  }

  /** Ends all calls. */
  close(): void {
    this.#closing.abort()
    this.#client?.destroy()
  }

  async #call<Result>(
    work: (client: SQSClient, sdk: Sdk, signal: AbortSignal) => Promise<Result>,
    { waitsMs = 0, signal }: { readonly waitsMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Result> {
    const sdk = this.#load()
    const client = this.#client ?? this.#create(sdk)
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), waitsMs + CALL_TIMEOUT_MS)
    const signals = [this.#closing.signal, late.signal, ...(signal === undefined ? [] : [signal])]
    try {
      return await work(client, sdk, AbortSignal.any(signals))
    } catch (error) {
      if (late.signal.aborted) throw new SqsFailure('unavailable', `no answer within ${CALL_TIMEOUT_MS} ms`)
      const failure = failureOf(error)
      if (failure.kind === 'credentials') this.#drop(client)
      throw failure
    } finally {
      clearTimeout(timer)
    }
  }

  #load(): Sdk {
    try {
      this.#sdk ??= loadPackage<Sdk>(SDK)
      return this.#sdk
    } catch (cause) {
      const what = isInstalled(SDK)
        ? 'the package @aws-sdk/client-sqs is installed but could not be loaded'
        : `it needs a package that is not installed: npm install "${SDK}@${SDK_RANGE}"`
      throw new StoreDownError(what, { cause })
    }
  }

  #create(sdk: Sdk): SQSClient {
    const { region, endpointUrl } = this.#options
    this.#client = new sdk.SQSClient({
      region,
      // The driver tries again, by its own pace.
      maxAttempts: 1,
      // Each head has a checksum of its body.
      md5: false,
      // Queues of another endpoint have its URL, whatever it calls itself.
      ...(endpointUrl === null ? {} : { endpoint: endpointUrl, useQueueUrlAsEndpoint: false }),
    })
    return this.#client
  }

  /** The next call takes credentials again. */
  #drop(client: SQSClient): void {
    if (this.#client === client) this.#client = null
  }
}

function isFifo(url: string): boolean {
  return url.endsWith('.fifo')
}

function toSdk(attributes: MessageAttributes): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      'text' in value
        ? { DataType: 'String', StringValue: value.text }
        : { DataType: 'Number', StringValue: String(value.number) },
    ]),
  )
}

function incoming({ MessageId, ReceiptHandle, Body, Attributes, MessageAttributes }: Message): IncomingMessage {
  const attributes = new Map<string, string>()
  for (const [name, { StringValue }] of Object.entries(MessageAttributes ?? {})) {
    if (StringValue !== undefined) attributes.set(name, StringValue)
  }
  return {
    id: MessageId ?? '',
    handle: ReceiptHandle ?? '',
    text: Body ?? '',
    attributes,
    receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
    firstReceivedAt: Number(Attributes?.ApproximateFirstReceiveTimestamp ?? Date.now()),
    sentAt: Number(Attributes?.SentTimestamp ?? 0),
  }
}

interface Failed {
  readonly Id: string | undefined
  readonly Code: string | undefined
  readonly Message?: string | undefined
  readonly SenderFault: boolean | undefined
}

function outcomesOf(count: number, failed: readonly Failed[] | undefined): Outcomes {
  const outcomes = Array.from<SqsFailure | null>({ length: count }).fill(null)
  for (const { Id, Code, Message, SenderFault } of failed ?? []) {
    outcomes[Number(Id)] = entryFailure(Code ?? 'Error', Message ?? '', SenderFault === true)
  }
  return outcomes
}
