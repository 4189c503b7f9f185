import type { AppConfig, EndpointConfig } from '../config/model.js'

/** One attempt at handing one sealed batch to one endpoint. */
export interface Delivery {
  /** The delivery id: the same at every attempt. */
  readonly id: string
  /** The exact bytes to send: a view over shared memory that stays as it is until `done` is called. */
  readonly body: Buffer
  /** Signature headers for this attempt: name, value, name, value, … */
  readonly headers: readonly string[]
}

export type FailureCause =
  | 'status'
  | 'timeout'
  | 'connect'
  | 'tls'
  | 'reset'
  | 'protocol'
  | 'redirect'
  | 'egress-refused'
  | 'credentials'
  | 'function-error'
  | 'too-large'
  | 'configuration'
  | 'internal'

export interface Failure {
  readonly cause: FailureCause
  /** The receiver's status, where there was one. */
  readonly status: number | null
  /** For people: what happened, without a secret and without the receiver's body. */
  readonly message: string
}

export type Outcome =
  | { readonly kind: 'delivered'; readonly status: number }
  /** May succeed later. `retryAfterMs`: the least wait that the receiver asked for, in ms from now. */
  | { readonly kind: 'retry'; readonly failure: Failure; readonly retryAfterMs: number | null }
  /** The request is too large for the receiver: fewer events may pass. */
  | { readonly kind: 'too-large'; readonly failure: Failure }
  /** Will not succeed by trying again. `stop`: the receiver said that it is gone for good (410). */
  | { readonly kind: 'rejected'; readonly failure: Failure; readonly stop: boolean }

/** Delivers to one endpoint. */
export interface Transport {
  /**
   * Makes one attempt. Calls `done` exactly once and never before it returns; from that call on nothing reads `body` any
   * more, not even a socket that is still open. Never throws.
   */
  send(delivery: Delivery, done: (outcome: Outcome) => void): void
}

/** Makes the transports of a shard; connections are shared among the endpoints of one origin. */
export interface Transports {
  /** Cheap: connections and clients are made at the first `send`. */
  open(app: AppConfig, endpoint: EndpointConfig): Transport
  /** Destroys every connection. */
  close(): Promise<void>
}
