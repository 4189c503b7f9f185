import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Kernel } from './names.js'

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

/** Without a boot id the host's name has to do: it only has to differ among machines that share a folder. */
export function kernelOf({ bootId, host }: Identity): Kernel {
  return { boot: digest(bootId === null ? `host ${host}` : `boot ${bootId}`, 16), host: digest(host, 8) }
}

function digest(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits)
}

function readBootId(): string | null {
  try {
    return readFileSync(BOOT_ID_FILE, 'utf8').trim()
  } catch {
    return null
  }
}
