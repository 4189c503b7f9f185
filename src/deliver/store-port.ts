import type { Courier } from '../courier/courier.js'
import type { JobTarget } from '../queue/job.js'
import type { StorageCall } from '../storage/messages.js'
import { numberOf, unixOf } from '../time/clocks.js'

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

interface Paused {
  readonly number: number
  readonly courier: Pick<Courier, 'paused'> | null
}

/** Tells the storage thread until when the endpoint is to be left alone, by whoever has it then. */
export function reportPause(port: StorePort, { number, courier }: Paused, nowMs: number): void {
  if (courier === null) return
  const { untilMs, refilledMs } = courier.paused(nowMs)
  if (untilMs <= nowMs && refilledMs <= nowMs) return
  const pause = { untilMs: unixMsOf(untilMs), refilledMs: unixMsOf(refilledMs) }
  port.ask({ kind: 'pause', endpoint: number, pause })
}

function unixMsOf(monotonicMs: number): number {
  return Math.ceil(numberOf(unixOf(monotonicMs)))
}

/** Tells the storage thread what the number of an endpoint means. */
export function nameTo(port: StorePort, { number, appIndex, app, config }: Named): void {
  const target: JobTarget = { app: app.id, endpoint: config.id }
  port.ask({ kind: 'target', endpoint: number, app: appIndex, target })
}
