import type { Custodian } from '../deliver/custodian.js'
import { monotonicNow as now } from '../time/clocks.js'
import { Timer } from '../time/timer.js'
import { afterReserve, type FlushHost } from './flush-all.js'

/**
 * Seals everything that has been consumed and calls `done` when it is stored, delivered or a dead letter. Leaves that are held back for a
 * return are waited for, as long as they are held.
 */
export function persistAll(host: FlushHost, custodian: Custodian, flapWindowMs: number, done: () => void): void {
  const { releases } = host.gather
  const heldUntilMs = now() + flapWindowMs
  const store = (): void => {
    seal(host)
    custodian.whenStored(done)
  }
  const storeUnlessHeld = (): void => {
    if (releases.nextAtMs > heldUntilMs) store()
    else new Timer(Math.max(releases.nextAtMs - now(), 1), storeUnlessHeld)
  }
  afterReserve(host, () => {
    // What there is already need not wait for what is held.
    seal(host)
    custodian.hurry()
    storeUnlessHeld()
  })
}

function seal({ gather: { apps, actors } }: FlushHost): void {
  const nowMs = now()
  for (const { app } of apps.actors()) actors.receive(app, { kind: 'seal' }, nowMs)
}
