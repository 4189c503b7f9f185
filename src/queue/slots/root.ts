import { accessSync, constants, mkdirSync, readFileSync, realpathSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { QueuePathError } from '../../errors.js'
import { monotonicNow } from '../../time/clocks.js'
import { mountTypeOf, suitabilityOf } from './file-systems.js'
import { syncFolder } from './folders.js'
import { type Identity, kernelOf, ownIdentity } from './identity.js'
import { asPathError } from './path-problems.js'
import { Sightings } from './sightings.js'

/** The folder in which the slots lie, as one process sees it. */
export interface SlotRoot {
  /** Absolute, without symbolic links. */
  readonly path: string
  /** What the file system may not keep, for the log, or null. */
  readonly warning: string | null
  readonly identity: Identity
  /** The kernel's name in names of files. */
  readonly kernel: string
  /** What this process has seen of other machines' heartbeats: whoever looks for free slots again and again does it with the same root. */
  readonly sightings: Sightings
  readonly beatEveryMs: number
  /** Monotonic. */
  readonly nowMs: () => number
}

export interface SlotRootOptions {
  readonly identity?: Identity
  readonly beatEveryMs?: number
  readonly nowMs?: () => number
}

const BEAT_EVERY_MS = 5_000
const OWNER_ONLY = 0o700

/**
 * Makes the folder, for its owner alone, if it is not there, and checks that slots can lie in it.
 *
 * @param path relative to the working directory
 * @throws QueuePathError it is not a folder, cannot be written, lies on a network file system, or the system is Windows
 */
export function openSlotRoot(path: string, options: SlotRootOptions = {}): SlotRoot {
  const root = resolve(path)
  if (process.platform === 'win32') {
    throw new QueuePathError(
      root,
      'cannot be locked: the disk queue needs Unix sockets in a folder, which Node.js does not have on Windows; use another queue.driver there',
    )
  }
  const warning = makeChecked(root)
  const identity = options.identity ?? ownIdentity()
  return {
    path: realpathSync(root),
    warning,
    identity,
    kernel: kernelOf(identity),
    sightings: new Sightings(),
    beatEveryMs: options.beatEveryMs ?? BEAT_EVERY_MS,
    nowMs: options.nowMs ?? monotonicNow,
  }
}

/**
 * The file system is checked first, so that nothing is left on one that is refused. So is what may be done in the nearest folder that
 * exists: making folders in several steps would say of a read-only file system that something is missing.
 */
function makeChecked(root: string): string | null {
  try {
    const existing = nearestExisting(root)
    const warning = checkFileSystem(root, existing)
    if (statSync(existing).isDirectory()) accessSync(existing, constants.R_OK | constants.W_OK | constants.X_OK)
    makeFolder(root)
    return warning
  } catch (error) {
    throw asPathError(root, error)
  }
}

function checkFileSystem(root: string, existing: string): string | null {
  const real = realpathSync(existing)
  const suitability = suitabilityOf(statfsSync(real).type, readMountType(real))
  if (suitability.verdict === 'suitable') return null
  if (suitability.verdict === 'doubtful') {
    return `queue.disk.path ${JSON.stringify(root)} is on ${suitability.name}: ${suitability.why}`
  }
  throw new QueuePathError(
    root,
    `is on ${suitability.name}, a network or shared file system, where neither locks nor syncs can be relied on; choose a folder on a local disk, or a driver that several machines share (redis, sqs)`,
  )
}

/** The types of statfs are Linux's: elsewhere none of them is met, and there is no table of mounts. */
function readMountType(path: string): string | null {
  try {
    return mountTypeOf(readFileSync('/proc/self/mountinfo', 'utf8'), path)
  } catch {
    return null
  }
}

function nearestExisting(path: string): string {
  const parent = dirname(path)
  if (parent === path || statSync(path, { throwIfNoEntry: false }) !== undefined) return path
  return nearestExisting(parent)
}

/** Synced from the top, so that a power cut does not take the root with what is stored in it. */
function makeFolder(root: string): void {
  const highest = mkdirSync(root, { recursive: true, mode: OWNER_ONLY })
  if (highest === undefined) return
  for (let made = root; made.length >= highest.length; made = dirname(made)) syncFolder(dirname(made))
}
