import { randomBytes } from 'node:crypto'
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { QueuePathError } from '../../errors.js'
import { type ClaimSocket, listenIn } from './claim-socket.js'
import { codeOf } from './folders.js'
import { beat, endBeats } from './heartbeat.js'
import { filesOf, listRoot } from './listing.js'
import { type Claim, type ClaimFile, claimFileName, isSameClaim, MOST_SLOTS } from './names.js'
import { asPathError } from './path-problems.js'
import { type FoundRival, findRivals } from './rivals.js'
import type { SlotRoot } from './root.js'
import { Slot } from './slot.js'
import { prepareFolder } from './slot-folder.js'
import { contest } from './standing.js'
import { sweep } from './sweep.js'

const NEXT_LOOK_MS = 5

/**
 * Takes the lowest slot that nobody owns, so that a restarted process finds what a dead one left.
 *
 * @throws QueuePathError the root cannot be used
 */
export async function claimLowestSlot(root: SlotRoot): Promise<Slot> {
  for (let number = 0; number < MOST_SLOTS; number++) {
    const slot = await claimSlot(root, number)
    if (slot !== null) return slot
  }
  throw new QueuePathError(
    root.path,
    `has no slot that this process can take: all ${MOST_SLOTS} are in use, or belong to another user`,
  )
}

/**
 * Takes that slot, makes its folder if it has none.
 *
 * @returns null if another owns it, or competes for it and is ahead, or if this user cannot use its folder
 * @throws QueuePathError the root cannot be used
 */
export async function claimSlot(root: SlotRoot, number: number): Promise<Slot | null> {
  try {
    const rivals = await findRivals(root, filesOf(listRoot(root.path), number))
    if (rivals.some(({ alive }) => alive)) return null
    return await compete(root, number)
  } catch (error) {
    throw asPathError(root.path, error)
  }
}

async function compete(root: SlotRoot, number: number): Promise<Slot | null> {
  const claim: Claim = { number, kernel: root.kernel, token: randomBytes(8).toString('hex') }
  const socket = await putUp(root.path, claim)
  if (socket === null) return null
  let slot: Slot | null = null
  try {
    const won = await win(root, claim)
    if (won !== null) slot = takeOver(root, claim, socket, won)
  } finally {
    if (slot === null) await takeDown(root.path, claim, socket)
  }
  return slot
}

/** The socket listens before anybody can see it as a claim. Null if another took it for a dead one's meanwhile. */
async function putUp(root: string, claim: Claim): Promise<ClaimSocket | null> {
  const name = claimFileName('new', claim)
  const socket = await listenIn(root, name)
  try {
    renameSync(join(root, name), join(root, claimFileName('lock', claim)))
    return socket
  } catch (error) {
    await socket.close()
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

async function takeDown(root: string, claim: Claim, socket: ClaimSocket): Promise<void> {
  endBeats(root, claim)
  rmSync(join(root, claimFileName('lock', claim)), { force: true })
  await socket.close()
}

/** What is left of others when the contest is won. */
interface Won {
  readonly files: readonly ClaimFile[]
  readonly rivals: readonly FoundRival[]
}

async function win(root: SlotRoot, claim: Claim): Promise<Won | null> {
  const startedMs = root.nowMs()
  for (;;) {
    const files = filesOf(listRoot(root.path), claim.number)
    const isUp = files.some((file) => file.kind === 'lock' && isSameClaim(file.claim, claim))
    const others = files.filter((file) => !isSameClaim(file.claim, claim))
    const rivals = await findRivals(root, others)
    const verdict = contest(claim.token, isUp, rivals, root.nowMs() - startedMs)
    if (verdict !== 'wait') return verdict === 'own' ? { files: others, rivals } : null
    await sleep(NEXT_LOOK_MS)
  }
}

/**
 * The heartbeat comes first: rivals that wait for this claim to go see by it that they wait in vain. Dead claims are deleted before the
 * slot is used: a stopped owner on another machine sees by that, when it goes on, that it lost the slot.
 */
function takeOver(root: SlotRoot, claim: Claim, socket: ClaimSocket, { files, rivals }: Won): Slot | null {
  beat(root.path, claim, root.identity)
  sweep(root.path, files, rivals)
  return prepareFolder(root.path, claim.number) ? new Slot(root, claim, socket) : null
}
