import { Fifo } from '../../src/collections/fifo.js'
import type { ContenderOptions } from '../contender.js'
import { Batches } from './batches.js'
import { MAX_REQUESTS, WINDOW } from './limits.js'
import type { MemberEvent } from './member-event.js'
import { UndiciSender } from './undici-sender.js'

/** What a server would write for itself: arrays, JSON.stringify, HMAC and undici, on the thread that it runs on. */
export class Batcher {
  private readonly sender: UndiciSender
  private readonly batches: Batches
  private readonly waiting = new Fifo<readonly MemberEvent[]>()
  private readonly maxInFlight: number
  private inFlight = 0
  private pending = 0
  private settled: (() => void) | null = null

  constructor({ url, secret, apps }: ContenderOptions) {
    this.sender = new UndiciSender(url, secret)
    this.batches = new Batches(apps, (events) => {
      this.waiting.push(events)
      this.pump()
    })
    this.maxInFlight = Math.min(WINDOW * apps, MAX_REQUESTS)
  }

  add(app: number, channel: string, userId: string, timeMs: number): void {
    this.pending += 1
    this.batches.add(app, channel, userId, timeMs)
  }

  async settle(): Promise<void> {
    this.batches.sealAll()
    if (this.pending > 0) {
      await new Promise<void>((resolve) => {
        this.settled = resolve
      })
    }
  }

  async close(): Promise<void> {
    this.batches.sealAll()
    await this.sender.close()
  }

  private pump(): void {
    while (this.inFlight < this.maxInFlight) {
      const events = this.waiting.shift()
      if (events === undefined) return
      this.inFlight += 1
      this.sender.send(events).then(
        () => this.done(events.length),
        (error: unknown) => {
          throw error
        },
      )
    }
  }

  private done(events: number): void {
    this.inFlight -= 1
    this.pending -= events
    this.pump()
    if (this.pending === 0) this.settled?.()
  }
}
