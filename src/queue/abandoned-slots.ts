import type { JobStore, OpenStore, TakenOver } from './job-store.js'
import { moveStore } from './move-store.js'
import { claimSlot } from './slots/claim.js'
import { freeSlots } from './slots/free-slots.js'
import { removeSlot } from './slots/remove-slot.js'
import type { SlotRoot } from './slots/root.js'
import type { Slot } from './slots/slot.js'

/** Takes over what processes left that no longer run: moves it into this process's store, and removes their slots. */
export class AbandonedSlots {
  readonly #root: SlotRoot
  readonly #open: (folder: string) => OpenStore
  readonly #reported = new Set<string>()

  /** @param open opens the journal in the folder of a slot that this process owns */
  constructor(root: SlotRoot, open: (folder: string) => OpenStore) {
    this.#root = root
    this.#open = open
  }

  /**
   * Looks at all slots. Each problem is told once.
   * @param isEnding asked between groups: when it says so, the rest stays where it is
   */
  async takeOver(into: Pick<JobStore, 'commit'>, isEnding: () => boolean): Promise<TakenOver> {
    const problems: string[] = []
    const taken: TakenOver[] = []
    const failed = (error: unknown): void => {
      const message = error instanceof Error ? error.message : String(error)
      if (!this.#reported.has(message)) problems.push(message)
      this.#reported.add(message)
    }
    try {
      const free = await freeSlots(this.#root)
      for (const problem of free.problems) failed(problem)
      for (const number of free.numbers) {
        if (isEnding()) break
        const slot = await claimSlot(this.#root, number)
        if (slot !== null) taken.push(await this.#drain(slot, into, isEnding).finally(() => slot.release()))
      }
    } catch (error) {
      failed(error)
    }
    return {
      targets: taken.flatMap(({ targets }) => targets),
      jobs: taken.reduce((sum, { jobs }) => sum + jobs, 0),
      letters: taken.reduce((sum, { letters }) => sum + letters, 0),
      problems: [...taken.flatMap((one) => one.problems), ...problems],
    }
  }

  async #drain(slot: Slot, into: Pick<JobStore, 'commit'>, isEnding: () => boolean): Promise<TakenOver> {
    const store = this.#open(slot.folder)
    const isLost = (): boolean => !slot.isOurs()
    let isEmpty = false
    try {
      const { isAll, ...moved } = await moveStore(store, into, () => isEnding() || isLost())
      isEmpty = isAll
      return { ...moved, problems: [] }
    } finally {
      await store.jobs.close()
      if (isEmpty) await removeSlot(slot)
    }
  }
}
