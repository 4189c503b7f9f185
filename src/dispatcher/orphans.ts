import type { JobTarget } from '../queue/job.js'
import type { Backlog } from '../queue/job-store.js'

/** How long an orphan has been one. */
export interface Orphan {
  readonly target: JobTarget
  readonly sinceMs: number
}

/** Endpoints that a store has jobs of, and that no app has: they may come back with the next configuration, or in a database's next page. */
export class Orphans {
  readonly #graceMs: number
  readonly #orphans = new Map<string, Orphan>()

  /** @param graceMs how long an endpoint may be gone before its jobs are given up, in ms */
  constructor(graceMs: number) {
    this.#graceMs = graceMs
  }

  /** @returns whether it was not known as one */
  add({ target }: Pick<Backlog, 'target'>, nowMs: number): boolean {
    const key = keyOf(target)
    if (this.#orphans.has(key)) return false
    this.#orphans.set(key, { target, sinceMs: nowMs })
    return true
  }

  /** Those of the app are no orphans any more, or will be found again. @returns them */
  takeOf(app: string): readonly JobTarget[] {
    const taken = [...this.#orphans.values()].filter(({ target }) => target.app === app)
    for (const { target } of taken) this.#orphans.delete(keyOf(target))
    return taken.map(({ target }) => target)
  }

  /** Those whose grace is over. */
  takeExpired(nowMs: number): readonly Orphan[] {
    const expired = [...this.#orphans.values()].filter(({ sinceMs }) => nowMs - sinceMs >= this.#graceMs)
    for (const { target } of expired) this.#orphans.delete(keyOf(target))
    return expired
  }
}

function keyOf({ app, endpoint }: JobTarget): string {
  return JSON.stringify([app, endpoint])
}
