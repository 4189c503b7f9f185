import { renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { QueuePathError } from '../../errors.js'
import { codeOf, syncFolder } from './folders.js'
import { claimFileName } from './names.js'
import type { Slot } from './slot.js'

/**
 * Removes a slot of this process that has been drained, with its folder, and releases it. A claimant that comes meanwhile is refused, or
 * gets a new folder. The folder is set aside under a name from which it comes back until it is sure that the slot was not lost to another
 * machine just before; only then it is deleted, under a name from which nobody reads.
 *
 * @returns `lost`: another machine has taken the slot, and nothing was removed
 * @throws QueuePathError the folder was set aside and could not be put back: the message names both
 */
export async function removeSlot(slot: Slot): Promise<'removed' | 'lost'> {
  try {
    return remove(slot)
  } finally {
    await slot.release()
  }
}

function remove(slot: Slot): 'removed' | 'lost' {
  const root = dirname(slot.folder)
  const removing = join(root, claimFileName('removing', slot.claim))
  const gone = join(root, claimFileName('gone', slot.claim))
  if (!slot.isOurs()) return 'lost'
  if (!moved(slot.folder, removing)) return slot.isOurs() ? 'removed' : 'lost'
  if (!slot.isOurs()) {
    putBack(removing, slot.folder)
    return 'lost'
  }
  if (!moved(removing, gone)) return 'lost'
  syncFolder(root)
  rmSync(gone, { recursive: true })
  return 'removed'
}

/** @returns false if it is not there, as when a new owner has put it back */
function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

function putBack(removing: string, folder: string): void {
  try {
    moved(removing, folder)
  } catch (error) {
    throw new QueuePathError(
      folder,
      `was taken by another machine while it was removed, and made again: jobs may lie in ${removing}; move its files to a slot of their own`,
      { cause: error },
    )
  }
}
