import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { KillableProcess } from '../killable-process.js'
import type { DurableServerSettings } from './durable-server.js'
import type { ReceiverProcess } from './receiver-process.js'
import type { ActResult } from './summary.js'

/** Gets a line to show. */
export type Narrator = (line: string) => void

/** The events of the second process begin here: above all of the first. */
const SECOND_FROM = 1_000_000
const LINE_EVERY_MS = 1000

/**
 * A server with the disk queue is killed in the middle of its load and started again on the same folder; each runs for so long, in ms.
 * Only events that `persisted()` had confirmed count.
 */
export async function secondAct(halfMs: number, receiver: ReceiverProcess, tell: Narrator): Promise<ActResult> {
  const path = mkdtempSync(join(tmpdir(), 'signpost-demo-'))
  try {
    return await killedAndRestarted({ receiverUrl: receiver.url, path }, halfMs, receiver, tell)
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

async function killedAndRestarted(
  place: { readonly receiverUrl: string; readonly path: string },
  halfMs: number,
  receiver: ReceiverProcess,
  tell: Narrator,
): Promise<ActResult> {
  const first = startServer({ ...place, from: 0 })
  await first.said('started')
  tell(`process ${first.pid} started, its queue is in ${place.path}`)
  await first.said('progress')
  await watch(first, 0, halfMs, tell)
  await first.kill()
  const killedAtMs = performance.now()
  const { next, confirmed } = first.progress
  tell(
    `process ${first.pid} KILLED with -9: ${shown(confirmed)} of some ${shown(next)} events were confirmed by persisted()`,
  )

  const second = startServer({ ...place, from: SECOND_FROM })
  tell(`process ${second.pid} started on the same folder`)
  const { batches, events } = await second.said('started')
  tell(`RECOVERED ${shown(batches)} undelivered batches with ${shown(events)} events`)
  await second.said('delivering')
  const resumedMs = Math.round(performance.now() - killedAtMs)
  tell(`deliveries RESUMED ${shown(resumedMs)} ms after the kill`)
  await watch(second, SECOND_FROM, halfMs, tell)
  const { undelivered, parked, failed } = await second.finish()
  if (parked > 0) throw new Error(`${parked} batches were still parked after flush()`)

  const confirmedBySecond = second.progress.confirmed
  const emitted = confirmed + confirmedBySecond - SECOND_FROM
  const { received, repeated } = await receiver.received([
    [0, confirmed],
    [SECOND_FROM, confirmedBySecond],
  ])
  const { invalid } = await receiver.counts()
  tell(
    `of ${shown(emitted)} confirmed events ${shown(received)} came; ${shown(repeated)} came twice, under the delivery id that they had`,
  )
  return {
    emitted,
    delivered: emitted - undelivered - failed,
    verified: received,
    refused: 0,
    failed,
    invalid,
    details: { recovered_batches: batches, resumed_ms: resumedMs, repeated },
  }
}

/** Starts the second act's server. */
export function startServer(settings: DurableServerSettings): KillableProcess {
  return new KillableProcess(new URL('./durable-server.js', import.meta.url), settings)
}

async function watch(server: KillableProcess, from: number, durationMs: number, tell: Narrator): Promise<void> {
  const endMs = performance.now() + durationMs
  for (;;) {
    const leftMs = endMs - performance.now()
    if (leftMs <= 0) return
    await pause(Math.min(leftMs, LINE_EVERY_MS))
    const { next, confirmed, delivered } = server.progress
    tell(`${shown(next - from)} emitted, ${shown(confirmed - from)} confirmed, ${shown(delivered)} delivered`)
  }
}

function shown(count: number): string {
  return count.toLocaleString('en')
}
