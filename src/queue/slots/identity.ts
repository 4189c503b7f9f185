import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Who claims a slot. */
export interface Identity {
  /** Of this start of this machine's kernel. Null where there is none (macOS). */
  readonly bootId: string | null
  readonly host: string
  readonly pid: number
}

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id'

/** Reads the boot id, which all containers of a machine share. */
export function ownIdentity(): Identity {
  return { bootId: readBootId(), host: hostname(), pid: process.pid }
}

/**
 * The kernel's name in names of files. Two processes with the same name reach each other's Unix sockets. Without a boot id the machine's
 * name has to do: it only has to differ among machines that share a folder.
 */
export function kernelOf({ bootId, host }: Identity): string {
  return createHash('sha256')
    .update(bootId === null ? `host ${host}` : `boot ${bootId}`)
    .digest('hex')
    .slice(0, 16)
}

function readBootId(): string | null {
  try {
    return readFileSync(BOOT_ID_FILE, 'utf8').trim()
  } catch {
    return null
  }
}
