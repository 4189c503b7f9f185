import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { arenaShape, createArena } from '../../../src/arena/layout.js'
import { Intake, type Taken } from '../../../src/gather/intake.js'
import { Markers } from '../../../src/gather/markers.js'
import { Quarantine } from '../../../src/gather/quarantine.js'
import { createSlot } from '../../../src/names/shared-slot.js'
import { RingConsumer } from '../../../src/ring/consumer.js'
import { eventTypeOf } from '../../../src/ring/event-types.js'
import { writeEvent } from '../../../src/ring/event-writer.js'
import { Control, createBoard, createRing, MIN_RING_BYTES } from '../../../src/ring/layout.js'
import { AppEntry } from '../../../src/router/app-entry.js'
import { Link } from '../../../src/router/link.js'
import { placeEndpoints } from '../../../src/router/placement.js'
import type { Change, Notice, Report, ShardTask } from '../../../src/shard/messages.js'
import { Shard } from '../../../src/shard/shard.js'
import { createHostBlock, createShardBlock } from '../../../src/stats/layout.js'
import { AppVersions } from '../../../src/supervisor/app-versions.js'
import { type Leftovers, leftovers } from '../../../src/supervisor/leftovers.js'
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
  shard: Shard
  private readonly ring = createRing(MIN_RING_BYTES)
  private readonly shape = arenaShape(512 * KiB, 16 * KiB, MIN_RING_BYTES)
  private readonly arena = createArena(this.shape)
  private readonly board = createBoard()
  private readonly counters = createShardBlock()
  private readonly nameSlot = createSlot()
  private readonly link = new Link(0, this.ring, this.board, createHostBlock(), () => undefined)
  private readonly versions = new AppVersions(() => undefined)
  private readonly entries: AppEntry[] = []
  private channel = new MessageChannel()
  private nextNumber = 0
  private restarts = 0
  private inFlight: InFlight[] = []
  private sent: Change[] = []
  private intake: Intake
  private markers: Markers

  constructor(apps: number) {
    const { intake, shard, markers } = this.newThread()
    this.intake = intake
    this.shard = shard
    this.markers = markers
    for (let index = 0; index < apps; index++) {
      const entry = new AppEntry(testApp, false)
      entry.index = index
      entry.link = this.link
      this.entries.push(entry)
      this.configure(index, [`${index}`])
    }
    this.turn()
  }

  /** Configures the app with webhooks of these ids. */
  configure(app: number, ids: readonly string[]): void {
    const entry = this.entryOf(app)
    const config = { ...testApp, webhooks: ids.map(webhook) }
    entry.configure(config)
    const marker = this.link.mark()
    entry.placements = placeEndpoints(entry, config, marker, () => this.nextNumber++)
    this.versions.reached(this.passed)
    const placed = { index: app, config, endpoints: entry.placements, isRemoved: false }
    this.sent.push(this.versions.change(marker, placed))
  }

  /** @returns why it was refused: the app's word on the board, or -1 for a full ring; null when it was not */
  emit(app: number, channel: string, bytes: number): number | null {
    const blocked = this.link.blocked(app)
    if (blocked !== 0) return blocked
    const { producer } = this.link
    const none = undefined
    const data = 'x'.repeat(bytes)
    if (!this.link.isOpen) return -1
    const result = writeEvent(
      producer,
      app,
      eventTypeOf(EVENT),
      Date.now(),
      none,
      channel,
      none,
      data,
      none,
      none,
      none,
    )
    if (result !== 0) return -1
    producer.publish()
    for (const { id } of this.entryOf(app).config.webhooks) this.accepted.push(`${id} ${channel}`)
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
    this.beginTurn()
    let taken: Taken = 'taken'
    while (taken === 'taken') taken = this.intake.next(now())
    this.shard.deliver.couriers.run(now() + 1)
    this.shard.report()
    this.receiveNotices()
    return taken
  }

  /** The shard reads so many records, and its thread dies before it has given the last one back to the ring. */
  dieAt(records: number): void {
    this.beginTurn()
    const { control } = this.link.producer.memory
    let head = Atomics.load(control, Control.Head)
    for (let read = 0; read < records; read++) {
      const before = Atomics.load(control, Control.Head)
      if (this.intake.next(now()) !== 'taken') break
      head = before
    }
    Atomics.store(control, Control.Head, head)
    this.die()
  }

  /** A receiver takes the request that has waited for so many others. */
  answer(pick: number): void {
    const [request] = this.inFlight.splice(pick % Math.max(this.inFlight.length, 1), 1)
    if (request === undefined) return
    this.acknowledged.push(`${request.webhook} ${request.channel}`)
    request.done({ kind: 'delivered', status: 200 })
    this.shard.deliver.couriers.run(now() + 1)
  }

  /** The thread dies; another takes over. */
  die(): void {
    this.receiveNotices()
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
      this.answer(0)
    }
  }

  /** What is neither delivered nor a dead letter. */
  leftovers(): Leftovers {
    return atOnce(leftovers(this.ring, this.arena, this.shape))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shard.close()
    this.channel.port1.close()
  }

  private get passed(): number {
    return Atomics.load(this.link.producer.memory.control, Control.LastMarker)
  }

  private entryOf(app: number): AppEntry {
    const entry = this.entries[app]
    if (entry === undefined) throw new Error(`the test has no app ${app}`)
    return entry
  }

  private beginTurn(): void {
    for (const { marker, app } of this.sent) {
      this.markers.expect(
        marker,
        () => this.shard.place(app),
        () => undefined,
      )
    }
    this.sent = []
    this.intake.begin()
    this.shard.gather.reserve.replay(now())
  }

  private receiveNotices(): void {
    for (;;) {
      const sent = receiveMessageOnPort(this.channel.port1)
      if (sent === undefined) return
      for (const notice of sent.message as Report as readonly Notice[]) this.receive(notice)
    }
  }

  private receive(notice: Notice): void {
    if (notice.kind === 'relief') this.reliefs.push(notice.app)
    if (notice.kind === 'slab-quarantined') this.setAside.push(notice.reason)
    if (notice.kind !== 'retired') return
    const app = this.versions.retired(notice.app, notice.endpoint, notice.generation)
    if (app !== undefined) this.entryOf(notice.app).placements = app.endpoints
  }

  private newThread() {
    this.channel.port1.close()
    this.channel = new MessageChannel()
    const { apps, stopped } = atOnce(this.versions.directory(this.passed))
    const changes = this.versions.waiting
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
      changes,
      lastMarker: this.link.lastMarker,
      restarts: this.restarts,
      port: this.channel.port2,
    }
    const consumer = new RingConsumer(this.ring)
    const { control } = consumer.memory
    const shard = new Shard(task, control, () => undefined, this.transports())
    const markers = new Markers(control, task.lastMarker, () => undefined)
    for (const { marker, app } of changes) {
      markers.expect(
        marker,
        () => shard.place(app),
        () => undefined,
      )
    }
    shard.gather.apps.expect({ apps: [], isLast: true })
    shard.start(apps)
    shard.deliver.couriers.run(now() + 1)
    return {
      intake: new Intake(shard.gather, consumer, markers, new Quarantine(shard.gather.actors, consumer)),
      shard,
      markers,
    }
  }

  private transports(): Transports {
    return {
      open: (_app, { id }) => ({
        send: ({ body }, done) => {
          const { events } = JSON.parse(Buffer.from(body).toString()) as {
            readonly events: readonly { channel: string }[]
          }
          this.inFlight.push({ webhook: id, channel: events[0]?.channel ?? '', done })
        },
      }),
      close: async () => undefined,
    }
  }
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
  endpointShare: 1_000_000,
  maxInFlight: 100,
  deadLetterShare: 1,
  sharesCore: false,
}
