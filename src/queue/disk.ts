import { randomBytes } from 'node:crypto'
import { monotonicNow, unixNow } from '../time/clocks.js'
import { AbandonedSlots } from './abandoned-slots.js'
import { StoreDownError } from './errors.js'
import type { JobHead, JobTarget } from './job.js'
import type { Backlog, Group, JobStore, OpenStore } from './job-store.js'
import { type JournalOptions, NodeDisk, openJournal } from './journal/index.js'
import { claimLowestSlot, claimSlot } from './slots/claim.js'
import { openSlotRoot, type SlotRoot } from './slots/root.js'
import type { Slot } from './slots/slot.js'

export interface DiskStoreOptions extends Pick<JournalOptions, 'maxBytes' | 'maxJobs' | 'sync' | 'letters'> {
  /** The folder of the slots, relative to the working directory. */
  readonly path: string
  /** The slot to take, if nobody owns it. */
  readonly place?: number
}

/**
 * Opens a journal in the lowest slot that no process owns.
 * @throws QueuePathError, JournalFormatError, or what the system says when the journal cannot be read
 */
export async function openDiskStore({
  path,
  place,
  ...options
}: DiskStoreOptions): Promise<{ readonly store: OpenStore; readonly warnings: readonly string[] }> {
  const root = openSlotRoot(path)
  const slot = await claim(root, place ?? null)
  const clock = { monotonicNow, unixNow }
  const open = (folder: string, isForNewJobs = false): OpenStore =>
    openJournal(new NodeDisk(folder), { ...options, isForNewJobs, clock, random: randomBytes })
  try {
    const store = open(slot.folder, true)
    const jobs = new SlotJobs(store.jobs, slot)
    const others = new AbandonedSlots(root, (folder) => open(folder))
    const takeOver = (isEnding: () => boolean) => others.takeOver(jobs, isEnding)
    const warnings = root.warning === null ? [] : [root.warning]
    return { store: { ...store, jobs, place: slot.number, takeOver }, warnings }
  } catch (error) {
    await slot.release()
    throw error
  }
}

/** The slot that a former thread of this process had, as long as nobody else has taken it. */
async function claim(root: SlotRoot, place: number | null): Promise<Slot> {
  const before = place === null ? null : await claimSlot(root, place)
  return before ?? claimLowestSlot(root)
}

/** The jobs of a journal, for as long as its slot is this process's. */
class SlotJobs implements JobStore {
  readonly #jobs: JobStore
  readonly #slot: Slot

  constructor(jobs: JobStore, slot: Slot) {
    this.#jobs = jobs
    this.#slot = slot
  }

  async commit(group: Group): Promise<void> {
    this.#throwIfLost()
    await this.#jobs.commit(group)
  }

  async probe(): Promise<void> {
    this.#throwIfLost()
    await this.#jobs.probe()
  }

  hasRoomAgain(): boolean {
    return this.#jobs.hasRoomAgain()
  }

  claim(id: Uint8Array): boolean {
    return this.#jobs.claim(id)
  }

  backlogs(): Iterable<Backlog> {
    return this.#jobs.backlogs()
  }

  take(target: JobTarget, limit: number): Promise<readonly JobHead[]> {
    return this.#jobs.take(target, limit)
  }

  read(id: Uint8Array, into: Uint8Array): Promise<'read' | 'damaged' | 'gone'> {
    return this.#jobs.read(id, into)
  }

  async close(): Promise<void> {
    await this.#jobs.close()
    await this.#slot.release()
  }

  #throwIfLost(): void {
    if (this.#slot.isOurs()) return
    throw new StoreDownError(
      `${this.#slot.folder} was taken over by another process, because this one had been paused for too long`,
    )
  }
}
