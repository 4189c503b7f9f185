import { arenaShape } from '../../../src/arena/layout.js'
import type { Taken } from '../../../src/gather/intake.js'
import { MIN_RING_BYTES } from '../../../src/ring/layout.js'
import { AppEntry } from '../../../src/router/app-entry.js'
import type { Notice } from '../../../src/shard/messages.js'
import type { Shard } from '../../../src/shard/shard.js'
import type { Leftovers } from '../../../src/supervisor/leftovers.js'
import { httpEndpoint, testApp } from '../../transport/support/endpoint.js'
import { EVENT, HostedShard, type Request } from './hosted-shard.js'

const KiB = 1024

function webhook(id: string) {
  const endpoint = httpEndpoint(`http://127.0.0.1/${id}`, { id, eventTypes: [EVENT], concurrency: 1 })
  return { ...endpoint, circuitBreaker: { ...endpoint.circuitBreaker, enabled: false } }
}

/**
 * A shard in the test's own thread with so little memory that a few events of a few KiB fill it, and the host's side of it, which
 * emits what the board lets it emit. Every endpoint may hold all of the arena, and is sent one request at a time.
 */
export class CrowdedShard implements AsyncDisposable {
  /** Webhook and channel of everything that was accepted for it, and of everything that was acknowledged, in order. */
  readonly accepted: string[] = []
  readonly acknowledged: string[] = []
  readonly reliefs: number[] = []
  readonly setAside: string[] = []
  private readonly entries: AppEntry[] = []
  private readonly host: HostedShard

  /** @param maxEvents of a batch */
  constructor(apps: number, maxEvents = 1) {
    this.host = new HostedShard({
      ringBytes: MIN_RING_BYTES,
      shape: arenaShape(512 * KiB, 16 * KiB, MIN_RING_BYTES),
      endpointShare: 1_000_000,
      maxEvents,
      noticed: (notice) => this.receive(notice),
      retired: ({ index, endpoints }) => {
        this.entryOf(index).placements = endpoints
      },
      forgotten: () => undefined,
    })
    for (let index = 0; index < apps; index++) {
      const entry = new AppEntry(testApp, false)
      entry.index = index
      entry.link = this.host.link
      this.entries.push(entry)
      this.configure(index, [`${index}`])
    }
    this.turn()
  }

  get shard(): Shard {
    return this.host.shard
  }

  /** Configures the app with webhooks of these ids. */
  configure(app: number, ids: readonly string[]): void {
    this.host.configure(this.entryOf(app), { ...testApp, webhooks: ids.map(webhook) })
  }

  /** @returns why it was refused: the app's word on the board, or -1 for a full ring; null when it was not */
  emit(app: number, channel: string, bytes: number): number | null {
    const blocked = this.host.link.blocked(app)
    if (blocked !== 0) return blocked
    const entry = this.entryOf(app)
    if (!this.host.emit(entry, channel, 'x'.repeat(bytes))) return -1
    for (const { id } of entry.config.webhooks) this.accepted.push(`${id} ${channel}`)
    return null
  }

  /** Emits until the app is refused. @returns how many events were accepted */
  fill(app: number, bytes: number): number {
    let events = 0
    while (this.emit(app, `${app}-${events}`, bytes) === null) {
      events += 1
      this.turn()
    }
    return events
  }

  /** The shard takes what calls there are, tells what it can of what is set aside, reads all that it can and ends its turn. */
  turn(): Taken {
    const taken = this.host.turn()
    this.host.receiveNotices()
    return taken
  }

  /** See `HostedShard`. */
  dieAt(records: number): void {
    this.host.dieAt(records)
  }

  /** See `HostedShard`. */
  die(): void {
    this.host.die()
  }

  /** A receiver takes the request that has waited for so many others. */
  answer(pick: number): void {
    const note = (request: Request) => this.acknowledged.push(`${request.webhook} ${request.channel}`)
    this.host.answer(pick, { kind: 'delivered', status: 200 }, note)
  }

  /** The receiver of the webhook answers its oldest request with 503. */
  fail(webhook: string): void {
    const failure = { cause: 'status', status: 503, message: 'answered 503' } as const
    const pick = this.host.requests.findIndex((request) => request.webhook === webhook)
    if (pick === -1) throw new Error(`no request of ${webhook} is in flight`)
    this.host.answer(pick, { kind: 'retry', failure, retryAfterMs: null }, () => undefined)
  }

  /** Lets everything that is under way come to its end. */
  settle(): void {
    for (let isBusy = true; isBusy; ) {
      this.turn()
      isBusy = this.host.requests.length > 0
      this.answer(0)
    }
  }

  /** What is neither delivered nor a dead letter. */
  leftovers(): Leftovers {
    return this.host.leftovers()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]()
  }

  private entryOf(app: number): AppEntry {
    const entry = this.entries[app]
    if (entry === undefined) throw new Error(`the test has no app ${app}`)
    return entry
  }

  private receive(notice: Notice): void {
    if (notice.kind === 'relief') this.reliefs.push(notice.app)
    if (notice.kind === 'slab-quarantined') this.setAside.push(notice.reason)
  }
}
