/** SQS as the rest of the driver sees it. A test has a stub for it that is as strict as AWS. */

export type MessageAttributes = Readonly<Record<string, { readonly text: string } | { readonly number: number }>>

/** The attributes of messages. */
export const Attribute = {
  /** The head of the batch. A message without it is none of Signpost's. */
  Head: 'signpost',
  Cause: 'signpost-cause',
  Status: 'signpost-status',
  Attempts: 'signpost-attempts',
  DiedAt: 'signpost-died-at',
  Error: 'signpost-error',
} as const

export interface OutgoingMessage {
  readonly text: string
  readonly attributes: MessageAttributes
  readonly group: string
  /** Of two messages with the same one a FIFO queue takes the first, within five minutes. */
  readonly deduplicationId: string
}

export interface IncomingMessage {
  readonly id: string
  readonly handle: string
  readonly text: string
  /** Texts and numbers, both as text. */
  readonly attributes: ReadonlyMap<string, string>
  /** This time included. */
  readonly receiveCount: number
  /** When it was received for the first time, Unix ms. */
  readonly firstReceivedAt: number
  /** Unix ms. */
  readonly sentAt: number
}

export interface Hiding {
  readonly handle: string
  /** From now; 0 makes the message visible. */
  readonly seconds: number
}

export interface ReceiveRequest {
  readonly mostMessages: number
  readonly waitSeconds: number
  readonly hiddenSeconds: number
  readonly signal: AbortSignal
}

/** What SQS says of a queue. */
export interface QueueFacts {
  readonly url: string
  readonly attributes: Readonly<Record<string, string>>
}

/** Messages of one call, in the order in which they were given: null where it was done. */
export type Outcomes = readonly (SqsFailure | null)[]

/** All calls reject with an `SqsFailure`. Lists have 1 to 10 items. */
export interface SqsPort {
  send(url: string, messages: readonly OutgoingMessage[]): Promise<Outcomes>
  receive(url: string, request: ReceiveRequest): Promise<readonly IncomingMessage[]>
  remove(url: string, handles: readonly string[]): Promise<Outcomes>
  hide(url: string, hidings: readonly Hiding[]): Promise<Outcomes>
  /** @param queue its name, or its URL. @returns null when there is no such queue */
  find(queue: { readonly name: string; readonly url: string | null }): Promise<QueueFacts | null>
  /** @returns the URL of a queue with these attributes, made where there was none */
  create(name: string, attributes: Readonly<Record<string, string>>): Promise<string>
}

/** How a call failed, and what that means. */
export type SqsFailureKind =
  /** SQS wants fewer calls, or is short of something: the same call succeeds later. */
  | 'throttled'
  /** There are no credentials, or they are expired or refused. */
  | 'credentials'
  /** The queue is not there. */
  | 'no-queue'
  /** The receipt handle is not valid any more: the message is somebody else's, or gone. */
  | 'stale-handle'
  /** SQS does not take this message, now or later. */
  | 'refused-message'
  /** Anything else: the network, the service. */
  | 'unavailable'

export class SqsFailure extends Error {
  override readonly name = 'SqsFailure'

  constructor(
    readonly kind: SqsFailureKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
