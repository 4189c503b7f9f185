/** One way of getting events to a receiver: Signpost and its peers. */
export interface Contender {
  /** Hands one event of an app over. @returns false when it has to come again later */
  emit(app: number, channel: string, userId: string): boolean
  /** Resolves when everything is acknowledged. */
  settle(): Promise<void>
  /** CPU time of a server that it runs beside itself, in ns. */
  serverCpuNs?(): number
  /** Rejects when anything was left undelivered. */
  close(): Promise<void>
}

export interface ContenderOptions {
  readonly url: string
  readonly secret: string
  readonly apps: number
}

export type Start = (options: ContenderOptions) => Contender | Promise<Contender>

export const BATCH_EVENTS = 100
export const BATCH_MS = 50
