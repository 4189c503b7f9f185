import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { type ArenaShape, createArena } from '../../../src/arena/layout.js'
import type { AppConfig } from '../../../src/config/model.js'
import { Intake, type Taken } from '../../../src/gather/intake.js'
import { Markers } from '../../../src/gather/markers.js'
import { Quarantine } from '../../../src/gather/quarantine.js'
import { createSlot } from '../../../src/names/shared-slot.js'
import { RingConsumer } from '../../../src/ring/consumer.js'
import { eventTypeOf } from '../../../src/ring/event-types.js'
import { writeEvent } from '../../../src/ring/event-writer.js'
import { Control, createBoard, createRing } from '../../../src/ring/layout.js'
import type { AppEntry } from '../../../src/router/app-entry.js'
import { Link } from '../../../src/router/link.js'
import { placeEndpoints } from '../../../src/router/placement.js'
import type { Change, Notice, PlacedApp, Report, ShardTask } from '../../../src/shard/messages.js'
import { Shard } from '../../../src/shard/shard.js'
import { createHostBlock, createShardBlock } from '../../../src/stats/layout.js'
import { AppVersions, type ShardDirectory } from '../../../src/supervisor/app-versions.js'
import { type Leftovers, leftovers } from '../../../src/supervisor/leftovers.js'
import { monotonicNow as now } from '../../../src/time/clocks.js'
import type { Outcome, Transports } from '../../../src/transport/transport.js'
import { atOnce } from '../../support/at-once.js'

/** The event that all apps of these tests emit. */
export const EVENT = 'channel_occupied'

/** A request that waits for its answer. */
export interface Request {
  readonly webhook: string
  /** Of its first event. */
  readonly channel: string
  readonly done: (outcome: Outcome) => void
}

export interface HostSettings {
  readonly ringBytes: number
  readonly shape: ArenaShape
  readonly endpointShare: number
  /** Of a batch; 1 by default. */
  readonly maxEvents?: number
  /** Called with every notice of the shard. */
  readonly noticed: (notice: Notice) => void
  /** Called with an app that has lost an endpoint which had nothing left. */
  readonly retired: (app: PlacedApp) => void
  /** Called with the index of an app that is gone. */
  readonly forgotten: (index: number) => void
}

interface Thread {
  readonly channel: MessageChannel
  readonly shard: Shard
  readonly markers: Markers
  readonly intake: Intake
}

/**
 * The host's side of one shard and the shard itself in one thread, with everything between them under the test's control: when records
 * are read, when requests are answered, when notices arrive, and when the thread dies. Every event is a batch.
 */
export class HostedShard implements AsyncDisposable {
  readonly link: Link
  /** Those in flight, the oldest first. */
  requests: Request[] = []
  private readonly ring: SharedArrayBuffer
  private readonly arena: SharedArrayBuffer
  private readonly board = createBoard()
  private readonly nameSlot = createSlot()
  private readonly counters = createShardBlock()
  private readonly versions: AppVersions
  private nextNumber = 0
  private restarts = 0
  private sent: Change[] = []
  private thread: Thread

  constructor(private readonly settings: HostSettings) {
    this.ring = createRing(settings.ringBytes)
    this.arena = createArena(settings.shape)
    this.link = new Link(0, this.ring, this.board, createHostBlock(), () => undefined)
    this.versions = new AppVersions(settings.forgotten)
    this.thread = this.start()
  }

  get shard(): Shard {
    return this.thread.shard
  }

  /** Configures the app, or deletes it (null). */
  configure(entry: AppEntry, config: AppConfig | null): void {
    if (config !== null) entry.configure(config)
    const marker = this.link.mark()
    entry.placements = placeEndpoints(entry, config, marker, () => this.nextNumber++)
    const { index, placements: endpoints } = entry
    this.versions.reached(this.passed)
    this.sent.push(this.versions.change(marker, { index, config: entry.config, endpoints, isRemoved: config === null }))
  }

  /** @returns whether the ring had room */
  emit({ index }: AppEntry, channel: string, data: string | undefined): boolean {
    const { producer, isOpen } = this.link
    if (!isOpen) return false
    const written = writeEvent(producer, index, eventTypeOf(EVENT), Date.now(), { channel, data })
    if (written !== 0) return false
    producer.publish()
    return true
  }

  /** The shard takes the control calls that have been made. */
  receiveCalls(): void {
    expectChanges(this.thread, this.sent)
    this.sent = []
  }

  /** The shard tells what is set aside, as far as there is room. */
  replay(): void {
    this.thread.intake.begin()
    this.shard.gather.reserve.replay(now())
  }

  /** The shard reads a record, as its loop does. */
  read(): Taken {
    this.thread.intake.begin()
    return this.thread.intake.next(now())
  }

  /** The shard takes what calls there are, reads all that it can and ends its turn. */
  turn(): Taken {
    this.receiveCalls()
    this.replay()
    let taken: Taken = 'taken'
    while (taken === 'taken') taken = this.read()
    this.runCouriers()
    this.shard.report()
    return taken
  }

  /**
   * Answers the request that has waited for so many others, if there is one.
   * @param before called with it first
   */
  answer(pick: number, outcome: Outcome, before: (request: Request) => void): void {
    const [request] = this.requests.splice(pick % Math.max(this.requests.length, 1), 1)
    if (request === undefined) return
    before(request)
    request.done(outcome)
    this.runCouriers()
  }

  /** The host handles so many messages of the shard's. */
  receiveNotices(most = Number.POSITIVE_INFINITY): void {
    for (let count = 0; count < most; count++) {
      const sent = receiveMessageOnPort(this.thread.channel.port1)
      if (sent === undefined) return
      for (const notice of sent.message as Report as readonly Notice[]) this.receive(notice)
    }
  }

  /** The thread dies with what it had not posted; another takes over. */
  die(): void {
    this.receiveNotices()
    this.thread.channel.port1.close()
    this.restarts += 1
    this.requests = []
    this.thread = this.start()
  }

  /** As `die`, before the thread has given the record back to the ring that it read last of so many. */
  dieAt(records: number): void {
    this.receiveCalls()
    this.replay()
    const { control } = this.link.producer.memory
    let head = Atomics.load(control, Control.Head)
    for (let read = 0; read < records; read++) {
      const before = Atomics.load(control, Control.Head)
      if (this.read() !== 'taken') break
      head = before
    }
    Atomics.store(control, Control.Head, head)
    this.die()
  }

  /** What the host would start another thread with. */
  directory(): ShardDirectory {
    return atOnce(this.versions.directory(this.passed))
  }

  /** What is neither delivered nor a dead letter. */
  leftovers(): Leftovers {
    return atOnce(leftovers(this.ring, this.arena, this.settings.shape))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shard.close()
    this.thread.channel.port1.close()
  }

  private get passed(): number {
    return Atomics.load(this.link.producer.memory.control, Control.LastMarker)
  }

  private runCouriers(): void {
    this.shard.deliver.couriers.run(now() + 1)
  }

  private receive(notice: Notice): void {
    this.settings.noticed(notice)
    if (notice.kind === 'stopped') this.versions.stopped(notice.app, notice.endpoint, notice.generation)
    if (notice.kind !== 'retired') return
    const app = this.versions.retired(notice.app, notice.endpoint, notice.generation)
    if (app !== undefined) this.settings.retired(app)
  }

  private start(): Thread {
    const channel = new MessageChannel()
    const { apps, stopped } = this.directory()
    const { shape, endpointShare, maxEvents = SETTINGS.maxEvents } = this.settings
    const task: ShardTask = {
      shard: 0,
      ring: this.ring,
      arena: this.arena,
      shape,
      counters: this.counters,
      board: this.board,
      nameSlot: this.nameSlot,
      settings: { ...SETTINGS, endpointShare, maxEvents },
      partsNeeded: 0,
      stopped,
      changes: this.versions.waiting,
      lastMarker: this.link.lastMarker,
      restarts: this.restarts,
      port: channel.port2,
      queue: null,
    }
    const consumer = new RingConsumer(this.ring)
    const { control } = consumer.memory
    const shard = new Shard(task, control, () => undefined, this.transports())
    const { gather, deliver } = shard
    const markers = new Markers(control, task.lastMarker, () => undefined)
    expectChanges({ markers, shard }, task.changes)
    gather.apps.expect({ apps: [], isLast: true })
    shard.start(apps)
    deliver.couriers.run(now() + 1)
    const intake = new Intake(gather, consumer, markers, new Quarantine(gather.actors, consumer))
    return { channel, shard, markers, intake }
  }

  private transports(): Transports {
    return {
      open: (_app, { id }) => ({
        send: ({ body }, done) => {
          this.requests.push({ webhook: id, channel: channelOf(Buffer.from(body).toString()), done })
        },
      }),
      close: async () => undefined,
    }
  }
}

/** The channel of a request's first event. */
export function channelOf(body: string): string {
  const { events } = JSON.parse(body) as { readonly events: readonly { readonly channel: string }[] }
  return events[0]?.channel ?? ''
}

function expectChanges({ markers, shard }: Pick<Thread, 'markers' | 'shard'>, changes: readonly Change[]): void {
  for (const { marker, app } of changes) {
    markers.expect(
      marker,
      () => shard.place(app),
      () => undefined,
    )
  }
}

const SETTINGS: Omit<ShardTask['settings'], 'endpointShare'> = {
  version: '0',
  maxEvents: 1,
  maxBytes: 16 * 1024,
  durationMs: 0,
  payloadFormat: 'envelope',
  flapWindowMs: 0,
  egress: { policy: 'no-metadata', allow: [] },
  onFull: 'refuse',
  maxInFlight: 100,
  deadLetterShare: 1,
  sharesCore: false,
}
