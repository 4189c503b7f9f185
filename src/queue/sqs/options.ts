export interface SqsStoreOptions {
  readonly region: string
  /** Another SQS than that of AWS; null: none. */
  readonly endpointUrl: string | null
  /** What the URLs of the queues start with; null: AWS is asked for them. */
  readonly queueUrlPrefix: string | null
  readonly isFifo: boolean
  /** How long a message is hidden from others after it was received, and by each renewal, in ms. */
  readonly visibilityTimeoutMs: number
  /** Messages of one answer. */
  readonly maxMessages: number
  /** How long a request waits for messages, in seconds. */
  readonly waitTimeSeconds: number
  /** Requests for messages that are outstanding at once. */
  readonly concurrency: number
  /** Whether this process delivers what is in the queue. */
  readonly isConsumer: boolean
  /** Bytes of the largest body that is stored. */
  readonly maxBodyBytes: number
  /** How long a batch may be tried, in ms: the queue has to keep it for so long. */
  readonly longestBudgetMs: number
}
