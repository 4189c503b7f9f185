import type { Emitted } from './rig.js'

const RETURN_OF: Readonly<Record<string, string>> = {
  channel_vacated: 'channel_occupied',
  member_removed: 'member_added',
}
const LEAVE_OF: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(RETURN_OF).map(([leave, comeback]) => [comeback, leave]),
)

interface Held {
  readonly event: Emitted
  readonly key: string
  readonly dueMs: number
}

/** What must be told: the plainest way to say it, with all of the past at hand. */
export class FlapModel {
  readonly told: Emitted[] = []
  suppressed = 0
  private held: Held[] = []
  private readonly newest = new Map<string, Held>()

  constructor(private readonly windowMs: number) {}

  get heldEvents(): number {
    return this.held.length
  }

  emit(event: Emitted, nowMs: number): void {
    const timed = { ...event, time_ms: event.time_ms ?? nowMs }
    const leave = LEAVE_OF[event.name]
    if (RETURN_OF[event.name] !== undefined) {
      const held = { event: timed, key: keyOf(event.name, event), dueMs: nowMs + this.windowMs }
      this.held.push(held)
      this.newest.set(held.key, held)
    } else if (leave !== undefined) {
      this.comeback(timed, keyOf(leave, event))
    } else {
      this.told.push(timed)
    }
  }

  pass(untilMs: number): void {
    while (this.held[0] !== undefined && this.held[0].dueMs <= untilMs) this.tellThrough(this.held[0])
  }

  flush(): void {
    this.pass(Number.POSITIVE_INFINITY)
  }

  private comeback(event: Emitted & { readonly time_ms: number }, key: string): void {
    const leave = this.keyed(key)
    if (leave !== undefined && event.time_ms < (leave.event.time_ms ?? 0) + this.windowMs) {
      this.forget(leave)
      this.suppressed += 2
      return
    }
    if (leave !== undefined) this.tellThrough(leave)
    this.told.push(event)
  }

  /** The leave that this return would undo: the newest of the key, if that is still held. */
  private keyed(key: string): Held | undefined {
    return this.held.find((candidate) => candidate.key === key && candidate === this.newest.get(key))
  }

  private tellThrough(last: Held): void {
    const count = this.held.indexOf(last) + 1
    this.told.push(...this.held.slice(0, count).map(({ event }) => event))
    this.held = this.held.slice(count)
  }

  private forget(leave: Held): void {
    this.held = this.held.filter((candidate) => candidate !== leave)
  }
}

function keyOf(leaveName: string, { channel = '', user_id = '' }: Emitted): string {
  return JSON.stringify([leaveName, channel, leaveName === 'member_removed' ? user_id : ''])
}
