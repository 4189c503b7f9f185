import { ask } from './claim-socket.js'
import { readHeartbeat } from './heartbeat.js'
import type { ClaimFile } from './names.js'
import type { SlotRoot } from './root.js'
import { type Evidence, isAlive, type Rival } from './standing.js'

export interface FoundRival extends Rival {
  readonly file: ClaimFile
}

/**
 * Every claim on a slot, dead or alive.
 *
 * @param files of one slot, from one listing
 */
export async function findRivals(root: SlotRoot, files: readonly ClaimFile[]): Promise<readonly FoundRival[]> {
  const owners = new Set(files.filter(({ kind }) => kind === 'beat').map(({ claim }) => claim.token))
  const rivals: FoundRival[] = []
  for (const file of files.filter(({ kind }) => kind === 'lock')) {
    const { token } = file.claim
    rivals.push({ file, token, alive: isAlive(await gather(root, file)), owns: owners.has(token) })
  }
  return rivals
}

async function gather(root: SlotRoot, { name, claim }: ClaimFile): Promise<Evidence> {
  if (claim.kernel === root.kernel) return { kernel: 'same', answer: await ask(root.path, name) }
  const heartbeat = readHeartbeat(root.path, claim)
  return { kernel: 'other', unchangedForMs: root.sightings.look(name, heartbeat, root.nowMs()) }
}
