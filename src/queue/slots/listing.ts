import { readdirSync } from 'node:fs'
import { type ClaimFile, parseClaimFile, slotNumber } from './names.js'

/** What lies in the root. */
export interface Listing {
  /** The numbers of the slots that have a folder. */
  readonly folders: ReadonlySet<number>
  readonly files: readonly ClaimFile[]
}

/**
 * A file that is there before the call and after it is in the listing: POSIX leaves open only what becomes of names that come or go
 * meanwhile. The lock relies on that, so a claim is never renamed while it holds.
 */
export function listRoot(path: string): Listing {
  const entries = readdirSync(path, { withFileTypes: true })
  return {
    folders: new Set(
      entries
        .filter((entry) => entry.isDirectory())
        .map((entry) => slotNumber(entry.name))
        .filter((number) => number !== null),
    ),
    files: entries.map((entry) => parseClaimFile(entry.name)).filter((file) => file !== null),
  }
}

export function filesOf(listing: Listing, number: number): readonly ClaimFile[] {
  return listing.files.filter((file) => file.claim.number === number)
}
