import { BATCH_EVENTS, BATCH_MS } from '../contender.js'
import { type MemberEvent, memberEvent } from './member-event.js'

/** A batch an app, sealed by its size or by the time, the simple way: one timer seals all that are open. */
export class Batches {
  private readonly open: MemberEvent[][]
  private timer: NodeJS.Timeout | null = null

  constructor(
    apps: number,
    private readonly sealed: (events: readonly MemberEvent[]) => void,
  ) {
    this.open = Array.from({ length: apps }, () => [])
  }

  add(app: number, channel: string, userId: string, timeMs: number): void {
    const batch = this.open[app]
    if (batch === undefined) return
    batch.push(memberEvent(channel, userId, timeMs))
    if (batch.length >= BATCH_EVENTS) this.seal(app, batch)
    this.timer ??= setTimeout(() => this.sealAll(), BATCH_MS)
  }

  sealAll(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    for (const [app, batch] of this.open.entries()) if (batch.length > 0) this.seal(app, batch)
  }

  private seal(app: number, batch: readonly MemberEvent[]): void {
    this.open[app] = []
    this.sealed(batch)
  }
}
