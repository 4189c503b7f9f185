/** Changes within this time are handled together, in ms. */
const GATHERED_MS = 20
/** More changed apps than this are found by comparing all. */
const MOST_IDS = 500

/** Gathers reports of changes, which may come by the thousand when a transaction has changed as many apps. */
export class ChangedIds {
  /** null: any app may have changed. */
  #ids: Set<string> | null = new Set()
  #timer: NodeJS.Timeout | null = null
  readonly #report: (ids: readonly string[] | null) => void

  /** @param report gets the ids; null: any app may have changed */
  constructor(report: (ids: readonly string[] | null) => void) {
    this.#report = report
  }

  add(ids: readonly string[] | null): void {
    if (ids === null) this.#ids = null
    else for (const id of ids) this.#ids?.add(id)
    if (this.#ids !== null && this.#ids.size > MOST_IDS) this.#ids = null
    this.#timer ??= setTimeout(() => this.#flush(), GATHERED_MS)
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #flush(): void {
    const ids = this.#ids === null ? null : [...this.#ids]
    this.#ids = new Set()
    this.#timer = null
    this.#report(ids)
  }
}
