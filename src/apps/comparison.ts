/** Fewer apps than this may all go at once. */
const LEAST_GUARDED = 20
/** More than this share of the apps may not. */
const LARGEST_SHARE = 0.5

/** What a complete read says about apps that are no longer there. */
export interface Deletions {
  /** To be deleted. */
  readonly gone: readonly string[]
  /** Held back until another complete read confirms them. */
  readonly held: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()

/**
 * Decides what becomes of apps that a complete read has not found. A failover to an empty table looks like the deletion of all apps, so
 * that many deletions at once count only when a second complete read says the same.
 * @param known how many apps there were
 * @param missing those of them that were not found
 * @param heldBefore what the complete read before held back
 */
export function decideDeletions(
  known: number,
  missing: readonly string[],
  heldBefore: ReadonlySet<string>,
  allowsMassDeletion: boolean,
): Deletions {
  const isMass = known >= LEAST_GUARDED && missing.length > known * LARGEST_SHARE
  if (!isMass || allowsMassDeletion) return { gone: missing, held: NONE }
  return {
    gone: missing.filter((id) => heldBefore.has(id)),
    held: new Set(missing.filter((id) => !heldBefore.has(id))),
  }
}
