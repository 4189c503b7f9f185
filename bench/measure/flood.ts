import { allThreadsCpuNs } from '../../src/cli/load/thread-cpu.js'
import type { Contender } from '../contender.js'
import { type AppOf, flood } from '../harness/emission.js'
import type { ReceiverProcess } from '../harness/receiver-process.js'
import { warmUp } from '../harness/warm-up.js'

export interface FloodOptions {
  readonly apps: number
  readonly appOf: AppOf
  /** How long it shall take, about. */
  readonly seconds: number
  /** Not fewer events than this, however long they take: else a slow contender would get batches that are less full. */
  readonly least?: number
}

export interface FloodResult {
  /** The warm-up's events too. */
  readonly accepted: number
  readonly perSecond: number
  readonly cpuPerEventNs: number
  /** Of a server that the contender runs. */
  readonly serverCpuPerEventNs: number
  /** Events in a request, on average. */
  readonly perRequest: number
}

/** Emits as fast as accepted until the last event is acknowledged, after a warm-up that also tells how many events to take. */
export async function measureFlood(
  contender: Contender,
  receiver: ReceiverProcess,
  { apps, appOf, seconds, least = 0 }: FloodOptions,
): Promise<FloodResult> {
  const warm = await warmUp(contender, apps, appOf)
  const events = Math.max(Math.round(warm.perSecond * seconds), warm.step, least)
  const before = await receiver.counts()
  const startMs = performance.now()
  const startNs = allThreadsCpuNs()
  const serverStartNs = contender.serverCpuNs?.() ?? 0
  await flood(contender, appOf, events)
  const tookSeconds = (performance.now() - startMs) / 1000
  const cpuNs = allThreadsCpuNs() - startNs
  const serverNs = (contender.serverCpuNs?.() ?? 0) - serverStartNs
  const after = await receiver.counts()
  return {
    accepted: warm.events + events,
    perSecond: events / tookSeconds,
    cpuPerEventNs: cpuNs / events,
    serverCpuPerEventNs: serverNs / events,
    perRequest: events / (after.requests - before.requests),
  }
}
