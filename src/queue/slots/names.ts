/**
 * What lies in the root, beside the slots' folders. Everything that belongs to a claim carries the claim in its name, so a name is never
 * used twice, and whoever finds a file knows at once whose it is.
 *
 *     000                     the slot's folder: the journal's alone
 *     000.new-KERNEL-TOKEN    a socket that is not yet a claim
 *     000.lock-KERNEL-TOKEN   a claim: a socket that is listened on for as long as the claim holds
 *     000.beat-KERNEL-TOKEN   the owner's heartbeat (`.beating`: the next one, half written)
 *     000.removing-…          the slot's folder while its owner makes sure that it may be removed
 *     000.gone-…              a removed slot's folder, of no use to anybody
 */
export type ClaimFileKind = 'new' | 'lock' | 'beat' | 'beating' | 'removing' | 'gone'

export interface Claim {
  readonly number: number
  /** 16 hexadecimal digits that name the kernel on which the claimant runs. */
  readonly kernel: string
  /** 16 hexadecimal digits, drawn for this claim. */
  readonly token: string
}

export interface ClaimFile {
  readonly name: string
  readonly kind: ClaimFileKind
  readonly claim: Claim
}

const FOLDER = /^\d{3}$/
const CLAIM_FILE = /^(\d{3})\.(new|lock|beat|beating|removing|gone)-([0-9a-f]{16})-([0-9a-f]{16})$/

/** Slots are numbered from 0 to 999. */
export const MOST_SLOTS = 1_000

export function folderName(number: number): string {
  return String(number).padStart(3, '0')
}

/** The number of the slot whose folder has that name, or null for any other name. */
export function slotNumber(name: string): number | null {
  return FOLDER.test(name) ? Number(name) : null
}

export function claimFileName(kind: ClaimFileKind, claim: Claim): string {
  return `${folderName(claim.number)}.${kind}-${claim.kernel}-${claim.token}`
}

/** What the file's name says, or null for a name that is not a claim's. */
export function parseClaimFile(name: string): ClaimFile | null {
  const [, folder = '', kind, kernel = '', token = ''] = CLAIM_FILE.exec(name) ?? []
  const number = slotNumber(folder)
  if (kind === undefined || number === null) return null
  return { name, kind: kind as ClaimFileKind, claim: { number, kernel, token } }
}

export function isSameClaim(a: Claim, b: Claim): boolean {
  return a.number === b.number && a.kernel === b.kernel && a.token === b.token
}
