/** What a process remembers of another kernel's heartbeat. */
export interface Sighting {
  /** The heartbeat as it was last seen, or null: it could not be read. */
  readonly heartbeat: string | null
  readonly seenAtMs: number
  readonly unchangedForMs: number
}

/**
 * What one interval between two looks counts for at most. After a pause of the whole machine, in which the owner may have been paused
 * too, a single look proves nothing.
 */
const LONGEST_INTERVAL_MS = 10_000

/** @param nowMs monotonic */
export function look(before: Sighting | undefined, heartbeat: string | null, nowMs: number): Sighting {
  const isUnchanged = before !== undefined && heartbeat !== null && before.heartbeat === heartbeat
  const passedMs = isUnchanged ? Math.min(Math.max(nowMs - before.seenAtMs, 0), LONGEST_INTERVAL_MS) : 0
  return { heartbeat, seenAtMs: nowMs, unchangedForMs: isUnchanged ? before.unchangedForMs + passedMs : 0 }
}

/** The heartbeats of other kernels' claims, from look to look. */
export class Sightings {
  readonly #byClaim = new Map<string, Sighting>()

  /**
   * @param claim the name of its file
   * @param nowMs monotonic
   * @returns how long the heartbeat has been seen unchanged, in ms
   */
  look(claim: string, heartbeat: string | null, nowMs: number): number {
    const sighting = look(this.#byClaim.get(claim), heartbeat, nowMs)
    this.#byClaim.set(claim, sighting)
    return sighting.unchangedForMs
  }

  /** Forgets all claims but these. */
  keep(claims: ReadonlySet<string>): void {
    for (const claim of this.#byClaim.keys()) if (!claims.has(claim)) this.#byClaim.delete(claim)
  }

  get size(): number {
    return this.#byClaim.size
  }
}
