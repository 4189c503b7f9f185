import { StoreHealth } from '../hand-over/layout.js'

/** How long a store that was full must have refused nothing before it counts as up, in ms: at its limit it goes to and fro. */
const CALM_MS = 1000

export type HealthReport = 'up' | 'full' | 'down'

const REPORTS: Readonly<Record<StoreHealth, HealthReport>> = {
  [StoreHealth.Ok]: 'up',
  [StoreHealth.Full]: 'full',
  [StoreHealth.Down]: 'down',
}

/** What is said of a store's health: each change once. Without a clock of its own. */
export class HealthReports {
  /** null: nothing yet. A former thread may have said anything. */
  #told: StoreHealth | null = null
  #fullAtMs = Number.NEGATIVE_INFINITY

  /** @param health after a commit @returns what is to be said; null: nothing */
  after(health: StoreHealth, nowMs: number): HealthReport | null {
    if (health === StoreHealth.Full) this.#fullAtMs = nowMs
    if (health === this.#told) return null
    const isRestless = health === StoreHealth.Ok && nowMs - this.#fullAtMs < CALM_MS
    if (isRestless && this.#told === StoreHealth.Full) return null
    this.#told = health
    return REPORTS[health]
  }
}
