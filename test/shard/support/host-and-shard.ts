import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { arenaShape, createArena } from '../../../src/arena/layout.js'
import { Intake } from '../../../src/gather/intake.js'
import { Markers } from '../../../src/gather/markers.js'
import { Quarantine } from '../../../src/gather/quarantine.js'
import { createSlot } from '../../../src/names/shared-slot.js'
import { RingConsumer } from '../../../src/ring/consumer.js'
import { eventTypeOf } from '../../../src/ring/event-types.js'
import { writeEvent } from '../../../src/ring/event-writer.js'
import { Control, createBoard, createRing } from '../../../src/ring/layout.js'
import { AppEntry } from '../../../src/router/app-entry.js'
import { Link } from '../../../src/router/link.js'
import { placeEndpoints } from '../../../src/router/placement.js'
import type { Change, Notice, Report, ShardTask } from '../../../src/shard/messages.js'
import { Shard } from '../../../src/shard/shard.js'
import { createHostBlock, createShardBlock } from '../../../src/stats/layout.js'
import { AppVersions } from '../../../src/supervisor/app-versions.js'
import { monotonicNow as now } from '../../../src/time/clocks.js'
import type { Outcome, Transports } from '../../../src/transport/transport.js'
import { atOnce } from '../../support/at-once.js'
import { httpEndpoint, testApp } from '../../transport/support/endpoint.js'

const KiB = 1024
const EVENT = 'channel_occupied'

interface InFlight {
  readonly webhook: string
  readonly channel: string
  readonly done: (outcome: Outcome) => void
}

const WEBHOOKS = ['a', 'b'] as const

function webhook(id: string) {
  return httpEndpoint(`http://127.0.0.1/${id}`, { id, eventTypes: [EVENT], circuitBreaker: BREAKER_OFF })
}

const BREAKER_OFF = { ...httpEndpoint('http://127.0.0.1/').circuitBreaker, enabled: false }

/**
 * The host's side of one shard and the shard itself in one thread, with everything between them under the test's control: when records
 * are read, when requests are answered, when notices arrive, and when the thread dies.
 */
export class HostAndShard implements AsyncDisposable {
  /** Webhook and channel of everything that was accepted for it. */
  readonly accepted = new Set<string>()
  /** The same of everything that was acknowledged, or given up. */
  readonly settled = new Set<string>()
  /** Why slabs were set aside: it must never happen. */
  readonly setAside: string[] = []
  private readonly ring = createRing(64 * KiB)
  private readonly shape = arenaShape(512 * KiB, 16 * KiB)
  private readonly arena = createArena(this.shape)
  private readonly board = createBoard()
  private readonly nameSlot = createSlot()
  private readonly counters = createShardBlock()
  private readonly link = new Link(0, this.ring, this.board, createHostBlock(), () => undefined)
  private readonly versions = new AppVersions(() => {
    this.entry = null
  })
  private readonly channels: MessageChannel[] = []
  private entry: AppEntry | null = null
  private nextIndex = 0
  private nextNumber = 0
  private events = 0
  private restarts = 0
  private inFlight: InFlight[] = []
  private sent: Change[] = []
  private intake: Intake
  private shard: Shard
  private markers: Markers

  constructor() {
    const { intake, shard, markers } = this.newThread()
    this.intake = intake
    this.shard = shard
    this.markers = markers
  }

  /** Configures the app with these webhooks; null: deletes it. */
  configure(webhooks: readonly (typeof WEBHOOKS)[number][] | null): void {
    if (webhooks === null && this.entry === null) return
    const config = webhooks === null ? null : { ...testApp, webhooks: webhooks.map(webhook) }
    const entry = this.entryFor(config)
    const marker = this.link.mark()
    entry.placements = placeEndpoints(entry, config, marker, () => this.nextNumber++)
    const { index, placements: endpoints } = entry
    this.versions.reached(this.passed)
    this.sent.push(this.versions.change(marker, { index, config: entry.config, endpoints, isRemoved: config === null }))
    if (config === null) {
      entry.remove()
      this.entry = null
    }
  }

  emit(): void {
    if (this.entry === null || !this.link.isOpen) return
    const channel = `room-${this.events++}`
    const none = undefined
    const { producer } = this.link
    writeEvent(producer, this.entry.index, eventTypeOf(EVENT), Date.now(), none, channel, none, none, none, none, none)
    producer.publish()
    for (const { id } of this.entry.config.webhooks) this.accepted.add(`${id} ${channel}`)
  }

  /** The shard takes the control calls that have been made. */
  receiveCalls(): void {
    for (const { marker, app } of this.sent) {
      this.markers.expect(
        marker,
        () => this.shard.place(app),
        () => undefined,
      )
    }
    this.sent = []
  }

  /** The shard reads a record, as its loop does. @returns whether there was one that need not wait */
  read(): boolean {
    this.intake.begin()
    return this.intake.next(now()) === 'taken'
  }

  /** The shard tells what is set aside, as far as there is room. */
  replay(): void {
    this.intake.begin()
    this.shard.gather.reserve.replay(now())
  }

  /** A receiver answers the request that has waited for so many others. */
  answer(pick: number, status: 200 | 410): void {
    const [request] = this.inFlight.splice(pick % Math.max(this.inFlight.length, 1), 1)
    if (request === undefined) return
    const failure = { cause: 'status' as const, status, message: `answered ${status}` }
    request.done(status === 200 ? { kind: 'delivered', status } : { kind: 'rejected', failure, stop: true })
    this.shard.deliver.couriers.run(now() + 1)
  }

  /** The shard's turn ends: it posts what it has to report. */
  endTurn(): void {
    this.shard.report()
  }

  /** The shard takes what calls there are, reads all that it can and ends its turn. */
  turn(): void {
    this.receiveCalls()
    this.replay()
    while (this.read());
    this.shard.deliver.couriers.run(now() + 1)
    this.endTurn()
  }

  /** The host handles so many messages of the shard's. */
  receiveNotices(most: number): void {
    const port = this.channels.at(-1)?.port1
    for (let count = 0; port !== undefined && count < most; count++) {
      const sent = receiveMessageOnPort(port)
      if (sent === undefined) return
      for (const notice of sent.message as Report as readonly Notice[]) this.receive(notice)
    }
  }

  /** The thread dies with what it had not posted; another takes over. */
  die(): void {
    this.receiveNotices(Number.POSITIVE_INFINITY)
    this.restarts += 1
    this.inFlight = []
    const { intake, shard, markers } = this.newThread()
    this.intake = intake
    this.shard = shard
    this.markers = markers
  }

  /** Lets everything that is under way come to its end. */
  settle(): void {
    for (let isBusy = true; isBusy; ) {
      this.turn()
      isBusy = this.inFlight.length > 0
      if (isBusy) this.answer(0, 200)
      this.endTurn()
      this.receiveNotices(Number.POSITIVE_INFINITY)
    }
    const letters = this.shard.deliver.deadLetters.list({ all: true, limit: Number.POSITIVE_INFINITY, after: null })
    for (const { endpoint, body } of letters) this.settled.add(`${endpoint} ${channelOf(body)}`)
  }

  /** What the host holds for stopped and what the shard does, as webhooks' ids: once all is settled both must agree. */
  stopped(): { readonly host: readonly string[]; readonly shard: readonly string[] } {
    const { apps, stopped } = atOnce(this.versions.directory(this.passed))
    const active = apps.flatMap(({ endpoints }) => endpoints.filter((endpoint) => endpoint.active))
    return {
      host: active.filter(({ number }) => stopped.includes(number)).map(({ config }) => config.id),
      shard: active
        .filter(({ number }) => this.shard.deliver.endpoints.find(number)?.courier?.stopped === true)
        .map(({ config }) => config.id),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shard.close()
    for (const { port1, port2 } of this.channels) {
      port1.close()
      port2.close()
    }
  }

  private get passed(): number {
    return Atomics.load(this.link.producer.memory.control, Control.LastMarker)
  }

  private entryFor(config: AppEntry['config'] | null): AppEntry {
    if (this.entry !== null) {
      if (config !== null) this.entry.configure(config)
      return this.entry
    }
    const entry = new AppEntry(config ?? testApp, false)
    entry.index = this.nextIndex++
    entry.link = this.link
    this.entry = entry
    return entry
  }

  private receive(notice: Notice): void {
    if (notice.kind === 'stopped') this.versions.stopped(notice.app, notice.endpoint, notice.generation)
    if (notice.kind === 'slab-quarantined') this.setAside.push(notice.reason)
    if (notice.kind !== 'retired') return
    const app = this.versions.retired(notice.app, notice.endpoint, notice.generation)
    if (app !== undefined && this.entry?.index === app.index) this.entry.placements = app.endpoints
  }

  private newThread() {
    const channel = new MessageChannel()
    this.channels.push(channel)
    const { apps, stopped } = atOnce(this.versions.directory(this.passed))
    const task: ShardTask = {
      shard: 0,
      ring: this.ring,
      arena: this.arena,
      shape: this.shape,
      counters: this.counters,
      board: this.board,
      nameSlot: this.nameSlot,
      settings: SETTINGS,
      partsNeeded: 0,
      stopped,
      changes: this.versions.waiting,
      lastMarker: this.link.lastMarker,
      restarts: this.restarts,
      port: channel.port2,
    }
    const consumer = new RingConsumer(this.ring)
    const { control } = consumer.memory
    const shard = new Shard(task, control, () => undefined, this.transports())
    const markers = new Markers(control, task.lastMarker, () => undefined)
    for (const { marker, app } of task.changes) {
      markers.expect(
        marker,
        () => shard.place(app),
        () => undefined,
      )
    }
    shard.gather.apps.expect({ apps: [], isLast: true })
    shard.start(apps)
    shard.deliver.couriers.run(now() + 1)
    const quarantine = new Quarantine(shard.gather.actors, consumer)
    return { intake: new Intake(shard.gather, consumer, markers, quarantine), shard, markers }
  }

  private transports(): Transports {
    return {
      open: (_app, { id }) => ({
        send: ({ body }, done) => {
          const channel = channelOf(Buffer.from(body).toString())
          const settle = (outcome: Outcome): void => {
            if (outcome.kind !== 'retry') this.settled.add(`${id} ${channel}`)
            done(outcome)
          }
          this.inFlight.push({ webhook: id, channel, done: settle })
        },
      }),
      close: async () => undefined,
    }
  }
}

function channelOf(body: string): string {
  const { events } = JSON.parse(body) as { readonly events: readonly { readonly channel: string }[] }
  return events[0]?.channel ?? ''
}

const SETTINGS: ShardTask['settings'] = {
  version: '0',
  maxEvents: 1,
  maxBytes: 16 * KiB,
  durationMs: 0,
  payloadFormat: 'envelope',
  flapWindowMs: 0,
  egress: { policy: 'no-metadata', allow: [] },
  onFull: 'refuse',
  endpointShare: 1,
  maxInFlight: 100,
  deadLetterShare: 1,
  sharesCore: false,
}
