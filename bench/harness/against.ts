import type { Contender, Start } from '../contender.js'
import type { ReceiverCounts } from './receiver.js'
import { ReceiverProcess } from './receiver-process.js'

/** Of every app of a contender. */
export const SECRET = 'a secret of the benchmark'

export interface Emitted<T> {
  /** Every event that the contender accepted. */
  readonly events: number
  readonly result: T
}

/**
 * Runs a contender against a receiver of its own.
 * @throws when an event that was accepted did not come, or came twice, or a signature was wrong
 */
export async function against<T>(
  start: Start,
  apps: number,
  measure: (contender: Contender, receiver: ReceiverProcess) => Promise<Emitted<T>>,
): Promise<T> {
  const receiver = await ReceiverProcess.start({ secret: SECRET })
  try {
    const contender = await start({ url: receiver.url, secret: SECRET, apps })
    const { events, result } = await measure(contender, receiver)
    await contender.settle()
    await verify(receiver, events)
    await contender.close()
    return result
  } finally {
    await receiver.stop()
  }
}

/**
 * What the receiver has counted.
 * @throws unless exactly so many events have come, and every signature that was checked is right
 */
export async function verify(receiver: ReceiverProcess, events: number): Promise<ReceiverCounts> {
  const counts = await receiver.counts()
  if (counts.events !== events) throw new Error(`${counts.events} events came of ${events} that were accepted`)
  if (counts.checked === 0) throw new Error('no signature was checked')
  if (counts.invalid > 0) throw new Error(`${counts.invalid} of ${counts.checked} signatures were wrong`)
  return counts
}
