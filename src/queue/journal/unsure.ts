/** Jobs of groups that failed: they may lie in the log all the same, so that what settles them must be written. */
export class Unsure {
  /** The order of the segment that comes behind all in which the job may lie. */
  readonly #orders = new Map<string, number>()

  add(ids: Iterable<string>, order: number): void {
    for (const id of ids) this.#orders.set(id, order)
  }

  has(id: string): boolean {
    return this.#orders.has(id)
  }

  /** The segments below this one are reclaimed. */
  dropBelow(oldest: number): void {
    if (this.#orders.size === 0) return
    for (const [id, order] of this.#orders) if (order <= oldest) this.#orders.delete(id)
  }
}
