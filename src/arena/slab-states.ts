import type { SlabId } from './arena-memory.js'
import { SlabState, SlabWord } from './layout.js'

const { Free, Claimed, Open, Sealed, InFlight, Dead, Held, Quarantined, Settled, Left, Parked } = SlabState

/** What a slab in each state may become. Recovery may also set aside whatever is not free. */
const NEXT: Readonly<Record<SlabState, readonly SlabState[]>> = {
  [Free]: [Claimed],
  [Claimed]: [Open, Sealed, Dead, Held, Free],
  [Open]: [Sealed, Free],
  [Sealed]: [InFlight, Dead, Settled, Left, Parked, Free],
  [InFlight]: [Sealed, Dead, Settled, Left, Free],
  [Dead]: [Sealed, Settled, Left, Free],
  [Held]: [Free],
  [Settled]: [Free],
  [Left]: [Free],
  [Parked]: [Sealed, Free],
  [Quarantined]: [],
}

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(SlabState).map(([name, state]) => [state, name]))

/** Tests and debug runs check each transition. Read once, so that the branch costs nothing elsewhere. */
const isChecked = process.env.SIGNPOST_CHECKS === '1'

/** The only store of a slab's state, but for the making of blocks, whose slabs had none. */
export function enterState(words: Int32Array, slab: SlabId, state: SlabState): void {
  const at = (slab >>> 2) + SlabWord.State
  if (isChecked) assertTransition(slab, Atomics.load(words, at), state)
  Atomics.store(words, at, state)
}

/** @throws Error when no slab may go from the one state to the other */
export function assertTransition(slab: SlabId, from: number, to: SlabState): void {
  if (!mayFollow(from, to)) throw new Error(`slab ${slab} may not go from ${nameOf(from)} to ${nameOf(to)}`)
}

function mayFollow(from: number, to: SlabState): boolean {
  if (to === Quarantined) return from !== Free && from !== Quarantined
  return isState(from) && NEXT[from].includes(to)
}

function isState(state: number): state is SlabState {
  return NAMES.has(state)
}

function nameOf(state: number): string {
  return NAMES.get(state) ?? `the unknown state ${state}`
}
