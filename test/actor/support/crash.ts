import type { Memory } from './memory.js'
import type { ActorRig } from './rig.js'

/** The shared memory at one moment of a thread's life. */
export interface Snapshot {
  readonly rig: ActorRig
  readonly memory: Memory
  /** Which moment it is. */
  readonly store: string
}

/**
 * Runs `life` and copies the shared memory before and after each of its atomic stores. What is written between two of them
 * becomes true only by the second: nothing else needs to be looked at.
 */
export function snapshotsAtStores(rig: ActorRig, life: () => void): readonly Snapshot[] {
  const snapshots: Snapshot[] = []
  const { store } = Atomics
  const take = (when: string) =>
    snapshots.push({ rig, memory: rig.snapshot(), store: `${when} store ${snapshots.length >>> 1}` })
  Object.assign(Atomics, {
    store: (array: Int32Array, index: number, value: number) => {
      take('before')
      const stored = store(array, index, value)
      take('after')
      return stored
    },
  })
  try {
    life()
  } finally {
    Object.assign(Atomics, { store })
  }
  return snapshots
}
