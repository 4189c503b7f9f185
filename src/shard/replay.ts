import type { ActorPorts } from '../actor/ports.js'
import type { DeadLetters } from '../deliver/dead-letters.js'
import { monotonicNow as now } from '../time/clocks.js'
import type { DeadLetterSelection } from './messages.js'

type Submitting = Pick<ActorPorts, 'submit'>

/** Sends the selected dead letters again. @returns how many */
export function replay(letters: DeadLetters, host: Submitting, selection: DeadLetterSelection): number {
  const revived = letters.revive(selection)
  for (const { endpoint, slab } of revived) host.submit(endpoint.number, slab, now())
  return revived.length
}

/** Sends the events of the selected dead letters again, one by one. @returns how many letters; others find no room now */
export function replaySplit(letters: DeadLetters, host: Submitting, selection: DeadLetterSelection): number {
  const revived = letters.separate(selection)
  for (const { endpoint, slabs } of revived) for (const slab of slabs) host.submit(endpoint.number, slab, now())
  return revived.length
}
