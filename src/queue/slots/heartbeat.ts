import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { numberOf, unixNow } from '../../time/clocks.js'
import { codeOf } from './folders.js'
import type { Identity } from './identity.js'
import { type Claim, claimFileName } from './names.js'

/**
 * Writes the heartbeat of the claim: people read in it who owns the slot, and other kernels' processes see in its changes that the owner is
 * alive. On a full disk the file's time has to do.
 */
export function beat(root: string, claim: Claim, { bootId, host, pid }: Identity): void {
  const path = join(root, claimFileName('beat', claim))
  const next = join(root, claimFileName('beating', claim))
  const time = new Date(numberOf(unixNow()))
  try {
    writeFileSync(next, `${JSON.stringify({ boot_id: bootId, host, pid, token: claim.token, time })}\n`, {
      mode: 0o600,
    })
    renameSync(next, path)
  } catch (error) {
    touch(path, time, error)
  }
}

export function endBeats(root: string, claim: Claim): void {
  rmSync(join(root, claimFileName('beat', claim)), { force: true })
  rmSync(join(root, claimFileName('beating', claim)), { force: true })
}

/** What changes with each heartbeat, '' while there is none, null if it cannot be read. */
export function readHeartbeat(root: string, claim: Claim): string | null {
  const path = join(root, claimFileName('beat', claim))
  try {
    return `${statSync(path).mtimeMs} ${readFileSync(path, 'utf8')}`
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? '' : null
  }
}

function touch(path: string, time: Date, reason: unknown): void {
  try {
    closeSync(openSync(path, 'a', 0o600))
    utimesSync(path, time, time)
  } catch {
    throw reason
  }
}
