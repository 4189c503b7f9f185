import { createHmac } from 'node:crypto'
import { Agent, request } from 'undici'
import { BATCH_EVENTS, BATCH_MS, type ContenderOptions } from '../contender.js'

interface MemberEvent {
  readonly name: string
  readonly channel: string
  readonly user_id: string
  readonly time_ms: number
}

const WINDOW = 4

/** What a server would write for itself: arrays, JSON.stringify, HMAC and undici, on the thread that it runs on. */
export class Batcher {
  private readonly agent = new Agent({ pipelining: 1 })
  private readonly open: MemberEvent[][]
  private readonly sealed: MemberEvent[][] = []
  private readonly maxInFlight: number
  private inFlight = 0
  private timer: NodeJS.Timeout | null = null
  private settled: (() => void) | null = null
  private pending = 0

  constructor(private readonly options: ContenderOptions) {
    this.open = Array.from({ length: options.apps }, () => [])
    this.maxInFlight = Math.min(WINDOW * options.apps, 256)
  }

  add(app: number, channel: string, userId: string, timeMs: number): void {
    const batch = this.open[app]
    if (batch === undefined) return
    batch.push({ name: 'member_added', channel, user_id: userId, time_ms: timeMs })
    this.pending += 1
    if (batch.length >= BATCH_EVENTS) this.seal(app)
    this.timer ??= setTimeout(() => this.sealAll(), BATCH_MS)
  }

  async settle(): Promise<void> {
    this.sealAll()
    if (this.pending > 0) {
      await new Promise<void>((resolve) => {
        this.settled = resolve
      })
    }
  }

  async close(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer)
    await this.agent.close()
  }

  private sealAll(): void {
    this.timer = null
    for (const [app, batch] of this.open.entries()) if (batch.length > 0) this.seal(app)
  }

  private seal(app: number): void {
    this.sealed.push(this.open[app] ?? [])
    this.open[app] = []
    this.pump()
  }

  private pump(): void {
    while (this.inFlight < this.maxInFlight) {
      const events = this.sealed.shift()
      if (events === undefined) return
      this.inFlight += 1
      this.send(events).then(
        () => this.done(events.length),
        (error: unknown) => {
          throw error
        },
      )
    }
  }

  private async send(events: readonly MemberEvent[]): Promise<void> {
    const body = Buffer.from(JSON.stringify({ time_ms: Date.now(), events }))
    const signature = createHmac('sha256', this.options.secret).update(body).digest('hex')
    const { statusCode, body: answer } = await request(this.options.url, {
      dispatcher: this.agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-pusher-key': 'key', 'x-pusher-signature': signature },
      body,
    })
    await answer.dump()
    if (statusCode !== 200) throw new Error(`the receiver answered ${statusCode}`)
  }

  private done(events: number): void {
    this.inFlight -= 1
    this.pending -= events
    this.pump()
    if (this.pending === 0) this.settled?.()
  }
}
