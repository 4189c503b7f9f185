import { accessSync, constants, lstatSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, syncFolder } from './folders.js'
import { filesOf, listRoot } from './listing.js'
import { folderName } from './names.js'

/**
 * Makes the folder of a slot that is owned, or puts it back where it was if its last owner did not get to the end of removing it.
 *
 * @returns false if this user cannot use it: a folder of another user, or no folder
 */
export function prepareFolder(root: string, number: number): boolean {
  const folder = join(root, folderName(number))
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) {
    restoreOrMake(root, number, folder)
    syncFolder(root)
  }
  return isUsable(folder)
}

function restoreOrMake(root: string, number: number, folder: string): void {
  const removing = filesOf(listRoot(root), number).find(({ kind }) => kind === 'removing')
  if (removing === undefined) mkdirSync(folder, { mode: 0o700 })
  else renameSync(join(root, removing.name), folder)
}

function isUsable(folder: string): boolean {
  if (!lstatSync(folder).isDirectory()) return false
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return true
  } catch (error) {
    if (codeOf(error) === 'EACCES') return false
    throw error
  }
}
