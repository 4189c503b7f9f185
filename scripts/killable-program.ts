import { setTimeout as pause } from 'node:timers/promises'
import type { Dispatcher } from '../src/index.js'
import type { KillableMessage } from './killable-process.js'

export interface NumberedLoad {
  /** The number of the first event. */
  readonly from: number
  readonly perTick: number
  /** Emits one event. @returns false when it was refused */
  emit(dispatcher: Dispatcher, number: number): boolean
  /** How long the end may take, in ms; Infinity unless given. */
  readonly flushWithinMs?: number
}

const TICK_MS = 10
const CONFIRM_EVERY_MS = 100

/** The program of a `KillableProcess`: emits numbers to a dispatcher with a durable queue and says which ones are confirmed. */
export async function runKillable(
  dispatcher: Dispatcher,
  { from, perTick, emit, flushWithinMs = Number.POSITIVE_INFINITY }: NumberedLoad,
): Promise<void> {
  let isFinishing = false
  let next = from
  const confirm = async (): Promise<void> => {
    const confirmed = next
    await dispatcher.persisted()
    send({ kind: 'progress', next, confirmed, delivered: dispatcher.stats().delivered })
  }
  /** A number that was refused is emitted again, so that all below `next` were accepted. */
  const emitUntilFinish = async (): Promise<void> => {
    for (let due = from; !isFinishing; await pause(TICK_MS)) {
      due += perTick
      while (next < due && emit(dispatcher, next)) next += 1
      due = next
    }
  }
  const confirmUntilFinish = async (): Promise<void> => {
    for (; !isFinishing; await pause(CONFIRM_EVERY_MS)) await confirm()
  }

  process.on('message', () => {
    isFinishing = true
  })
  process.on('disconnect', () => process.exit())
  dispatcher.once('delivered', () => send({ kind: 'delivering' }))
  const { jobs: batches, events } = dispatcher.recovery
  send({ kind: 'started', batches, events })
  await Promise.all([emitUntilFinish(), confirmUntilFinish()])
  await confirm()
  await dispatcher.flush({ timeout: flushWithinMs })
  const { failed } = dispatcher.stats()
  const { events: undelivered, stored: parked = 0 } = await dispatcher.close()
  send({ kind: 'finished', undelivered, parked, failed }, () => process.disconnect())
}

function send(message: KillableMessage, sent: () => void = () => undefined): void {
  process.send?.(message, sent)
}
