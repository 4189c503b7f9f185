/** One event on its way to the worker. */
export interface EventMessage {
  readonly app: number
  readonly channel: string
  readonly userId: string
  readonly timeMs: number
}

/** What a batching worker takes. */
export type WorkerMessage = EventMessage | readonly EventMessage[] | 'settle' | 'close'
