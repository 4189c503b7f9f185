import { BOARD_WORDS } from '../ring/layout.js'
import type { RingProducer } from '../ring/producer.js'

/**
 * Who was refused room on one shard and has not heard of any since. It sees to it that after every refusal a `'drain'` is told
 * when the main thread itself sees room.
 *
 * A notice of room may be on its way when the next event is refused: it was caused before that refusal. So a notice ends the
 * waiting only if the room can be seen when it comes; otherwise it is told, and the waiting goes on:
 *
 * - Ring: the wish for another notice is stored again, behind the notice. The shard stores 0 over a wish before it posts the
 *   notice for it, and a posted message is received with all that was stored before, so the new wish is not the one that this
 *   notice has answered, and another notice will.
 * - Endpoints: the shard stores the app's word on the board before it posts the relief. Where the main thread, which has
 *   received the notice, still reads blocked types, they were stored after that relief, and whoever clears them posts another.
 *
 * Refusals and notices are both matters of the main thread, so none comes while the other is looked at.
 */
export class Refusals {
  private isRingAwaited = false
  private isShardAwaited = false
  /** By their words on the board: apps that share one are told together. */
  private readonly awaitingApps = new Set<number>()

  constructor(
    private readonly producer: RingProducer,
    /** Event types (bits) of an app that only endpoints without room want. */
    private readonly blocked: (app: number) => number,
  ) {}

  /** An event found no room in the ring. */
  ringFull(): void {
    this.isRingAwaited = true
    this.producer.wantDrain()
  }

  /** An event was refused because the shard is down. */
  shardDown(): void {
    this.isShardAwaited = true
  }

  /** An event of the app was refused because its endpoints have used up their share, or earlier ones wait for room. */
  endpointsFull(app: number): void {
    this.awaitingApps.add(app % BOARD_WORDS)
  }

  /** The shard has told that its ring has room. @returns whether somebody waits to hear it */
  drained(): boolean {
    if (!this.isRingAwaited) return false
    if (this.producer.hasDrained) this.isRingAwaited = false
    else this.producer.wantDrain()
    return true
  }

  /** The shard has told that endpoints of the app have room. @returns whether somebody waits to hear it */
  relieved(app: number): boolean {
    const word = app % BOARD_WORDS
    if (!this.awaitingApps.has(word)) return false
    if (this.blocked(word) === 0) this.awaitingApps.delete(word)
    return true
  }

  /** The shard has another thread, and what the former one had to tell may never come. @returns whether somebody waits */
  restarted(): boolean {
    const isAwaited = this.isShardAwaited || this.isRingAwaited || this.awaitingApps.size > 0
    this.isShardAwaited = false
    this.drained()
    for (const app of this.awaitingApps) this.relieved(app)
    return isAwaited
  }
}
