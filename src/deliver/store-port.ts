import type { JobTarget } from '../queue/job.js'
import type { StorageCall } from '../storage/messages.js'

/** The shard's way to ask the storage thread. Answers come back by message, and none when that thread dies. */
export interface StorePort {
  ask(call: NonNullable<StorageCall>): void
}

interface Named {
  readonly number: number
  readonly appIndex: number
  readonly app: { readonly id: string }
  readonly config: { readonly id: string }
}

/** Tells the storage thread what the number of an endpoint means. */
export function nameTo(port: StorePort, { number, appIndex, app, config }: Named): void {
  const target: JobTarget = { app: app.id, endpoint: config.id }
  port.ask({ kind: 'target', endpoint: number, app: appIndex, target })
}
