const COMPACT_AT = 4096

/** Deadline of one batch. */
export interface Deadline {
  readonly atMs: number
  readonly app: number
  readonly endpoint: number
  readonly generation: number
}

/**
 * The deadlines of all batches of a shard. All batches wait equally long and their first events come in order, so a FIFO is
 * sorted by itself: adding and taking are O(1). A deadline that would come before its predecessor is put behind it.
 */
export class Deadlines {
  private queue: Deadline[] = []
  private first = 0
  private lastAtMs = 0

  get nextAtMs(): number {
    return this.queue[this.first]?.atMs ?? Number.POSITIVE_INFINITY
  }

  add(app: number, endpoint: number, generation: number, atMs: number): void {
    this.lastAtMs = Math.max(this.lastAtMs, atMs)
    this.queue.push({ atMs: this.lastAtMs, app, endpoint, generation })
  }

  takeDue(nowMs: number): Deadline | undefined {
    const deadline = this.queue[this.first]
    if (deadline === undefined || deadline.atMs > nowMs) return undefined
    this.first += 1
    if (this.first === this.queue.length || this.first === COMPACT_AT) {
      this.queue = this.queue.slice(this.first)
      this.first = 0
    }
    return deadline
  }
}
