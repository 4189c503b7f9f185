import { arenaShape } from '../../../src/arena/layout.js'
import { AppEntry } from '../../../src/router/app-entry.js'
import { httpEndpoint, testApp } from '../../transport/support/endpoint.js'
import { channelOf, EVENT, HostedShard, type Request } from './hosted-shard.js'

const KiB = 1024

const WEBHOOKS = ['a', 'b'] as const

function webhook(id: string) {
  return httpEndpoint(`http://127.0.0.1/${id}`, { id, eventTypes: [EVENT], circuitBreaker: BREAKER_OFF })
}

const BREAKER_OFF = { ...httpEndpoint('http://127.0.0.1/').circuitBreaker, enabled: false }

/** One app that is configured, deleted and configured again, and what has become of everything that was accepted for it. */
export class HostAndShard implements AsyncDisposable {
  /** Webhook and channel of everything that was accepted for it. */
  readonly accepted = new Set<string>()
  /** The same of everything that was acknowledged, or given up. */
  readonly settled = new Set<string>()
  /** Why slabs were set aside: it must never happen. */
  readonly setAside: string[] = []
  private readonly host = new HostedShard({
    ringBytes: 64 * KiB,
    shape: arenaShape(512 * KiB, 16 * KiB),
    endpointShare: 1,
    noticed: (notice) => {
      if (notice.kind === 'slab-quarantined') this.setAside.push(notice.reason)
    },
    retired: ({ index, endpoints }) => {
      if (this.entry?.index === index) this.entry.placements = endpoints
    },
    forgotten: (index) => {
      if (this.entry?.index === index) this.entry = null
    },
  })
  private entry: AppEntry | null = null
  private nextIndex = 0
  private events = 0

  /** Configures the app with these webhooks; null: deletes it. */
  configure(webhooks: readonly (typeof WEBHOOKS)[number][] | null): void {
    if (webhooks !== null) {
      this.entry ??= this.newEntry()
      this.host.configure(this.entry, { ...testApp, webhooks: webhooks.map(webhook) })
      return
    }
    if (this.entry === null) return
    this.host.configure(this.entry, null)
    this.entry.remove()
    this.entry = null
  }

  emit(): void {
    if (this.entry === null) return
    const channel = `room-${this.events++}`
    if (!this.host.emit(this.entry, channel, undefined)) return
    for (const { id } of this.entry.config.webhooks) this.accepted.add(`${id} ${channel}`)
  }

  /** The shard takes the control calls that have been made. */
  receiveCalls(): void {
    this.host.receiveCalls()
  }

  /** The shard reads a record. @returns whether there was one that need not wait */
  read(): boolean {
    return this.host.read() === 'taken'
  }

  /** The shard tells what is set aside, as far as there is room. */
  replay(): void {
    this.host.replay()
  }

  /** A receiver answers the request that has waited for so many others. */
  answer(pick: number, status: 200 | 410): void {
    const failure = { cause: 'status' as const, status, message: `answered ${status}` }
    const note = (request: Request) => this.settled.add(`${request.webhook} ${request.channel}`)
    const rejected = { kind: 'rejected' as const, failure, stop: true }
    this.host.answer(pick, status === 200 ? { kind: 'delivered', status } : rejected, note)
  }

  /** The shard's turn ends: it posts what it has to report. */
  endTurn(): void {
    this.host.shard.report()
  }

  /** The shard takes what calls there are, reads all that it can and ends its turn. */
  turn(): void {
    this.host.turn()
  }

  /** The host handles so many messages of the shard's. */
  receiveNotices(most: number): void {
    this.host.receiveNotices(most)
  }

  /** The thread dies with what it had not posted; another takes over. */
  die(): void {
    this.host.die()
  }

  /** Lets everything that is under way come to its end. */
  settle(): void {
    for (let isBusy = true; isBusy; ) {
      this.turn()
      isBusy = this.host.requests.length > 0
      if (isBusy) this.answer(0, 200)
      this.endTurn()
      this.host.receiveNotices()
    }
    const { deadLetters } = this.host.shard.deliver
    const letters = deadLetters.list({ all: true, limit: Number.POSITIVE_INFINITY, after: null })
    for (const { id, endpoint } of letters) {
      this.settled.add(`${endpoint} ${channelOf(deadLetters.get(id)?.body ?? '')}`)
    }
  }

  /** What the host holds for stopped and what the shard does, as webhooks' ids: once all is settled both must agree. */
  stopped(): { readonly host: readonly string[]; readonly shard: readonly string[] } {
    const { apps, stopped } = this.host.directory()
    const { endpoints } = this.host.shard.deliver
    const active = apps.flatMap((app) => app.endpoints.filter((endpoint) => endpoint.active))
    return {
      host: active.filter(({ number }) => stopped.includes(number)).map(({ config }) => config.id),
      shard: active
        .filter(({ number }) => endpoints.find(number)?.courier?.stopped === true)
        .map(({ config }) => config.id),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]()
  }

  private newEntry(): AppEntry {
    const entry = new AppEntry(testApp, false)
    entry.index = this.nextIndex++
    entry.link = this.host.link
    return entry
  }
}
