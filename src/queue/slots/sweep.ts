import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { numberOf, unixNow } from '../../time/clocks.js'
import { endBeats } from './heartbeat.js'
import { type ClaimFile, isSameClaim } from './names.js'
import type { FoundRival } from './rivals.js'

/** A claimant is between its socket and its claim for microseconds. One that is stopped there for so long starts over. */
const NEW_SOCKET_LASTS_MS = 60_000

/**
 * Deletes what dead claims on a slot have left. Needs no lock: what is dead stays dead, and its names are never used again.
 *
 * @param files of that slot, from one listing
 * @param rivals the claims among them
 */
export function sweep(root: string, files: readonly ClaimFile[], rivals: readonly FoundRival[]): void {
  const dead = rivals.filter(({ alive }) => !alive)
  for (const { file } of dead) {
    rmSync(join(root, file.name), { force: true })
    endBeats(root, file.claim)
  }
  for (const file of files)
    if (isLitter(root, file, files)) rmSync(join(root, file.name), { recursive: true, force: true })
}

function isLitter(root: string, file: ClaimFile, files: readonly ClaimFile[]): boolean {
  if (file.kind === 'gone') return true
  if (file.kind === 'new') return isOld(join(root, file.name))
  const isBeat = file.kind === 'beat' || file.kind === 'beating'
  return isBeat && !files.some(({ kind, claim }) => kind === 'lock' && isSameClaim(claim, file.claim))
}

function isOld(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats !== undefined && numberOf(unixNow()) - stats.mtimeMs > NEW_SOCKET_LASTS_MS
}
