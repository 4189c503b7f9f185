import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { QueuePathError } from '../../errors.js'
import { codeOf } from './folders.js'
import { filesOf, type Listing, listRoot } from './listing.js'
import { folderName } from './names.js'
import { asPathError } from './path-problems.js'
import { findRivals } from './rivals.js'
import type { SlotRoot } from './root.js'
import { sweep } from './sweep.js'

export interface FreeSlots {
  /** The slots that nobody owns and that are not empty, lowest first: to be claimed one by one, drained and removed. */
  readonly numbers: readonly number[]
  /** Slots of which this user cannot see whether they are empty. */
  readonly problems: readonly QueuePathError[]
}

/**
 * Looks at all slots, and deletes what dead claims have left. Another machine's slot counts as free once this process has seen its
 * heartbeat unchanged for 30 s, so it takes several calls with the same root, at most 10 s apart.
 *
 * @throws QueuePathError the root cannot be used
 */
export async function freeSlots(root: SlotRoot): Promise<FreeSlots> {
  try {
    return await look(root)
  } catch (error) {
    throw asPathError(root.path, error)
  }
}

async function look(root: SlotRoot): Promise<FreeSlots> {
  const listing = listRoot(root.path)
  root.sightings.keep(new Set(listing.files.map(({ name }) => name)))
  const numbers: number[] = []
  const problems: QueuePathError[] = []
  for (const number of numbersIn(listing)) {
    if (!(await isUnowned(root, listing, number))) continue
    const content = contentOf(root.path, listing, number)
    if (content === 'some') numbers.push(number)
    else if (content !== 'none') problems.push(content)
  }
  return { numbers, problems }
}

function numbersIn(listing: Listing): readonly number[] {
  const numbers = new Set([...listing.folders, ...listing.files.map(({ claim }) => claim.number)])
  return [...numbers].sort((a, b) => a - b)
}

async function isUnowned(root: SlotRoot, listing: Listing, number: number): Promise<boolean> {
  const files = filesOf(listing, number)
  const rivals = await findRivals(root, files)
  sweep(root.path, files, rivals)
  return rivals.every(({ alive }) => !alive)
}

/** A folder that was being removed may hold what another machine wrote meanwhile. */
function contentOf(root: string, listing: Listing, number: number): 'some' | 'none' | QueuePathError {
  if (filesOf(listing, number).some(({ kind, name }) => kind === 'removing' && existsSync(join(root, name))))
    return 'some'
  const folder = join(root, folderName(number))
  try {
    return readdirSync(folder).length > 0 ? 'some' : 'none'
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'none' : asPathError(folder, error)
  }
}
