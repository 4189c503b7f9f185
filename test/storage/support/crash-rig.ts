/**
 * A shard and a storage thread in one thread, over the memory that they share, each of which can be stopped before any of its stores to
 * that memory. The shard is `Shard` itself, with a transport that the test answers; the storage thread is its core without its clock.
 */
import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { jobIdText } from '../../../src/arena/job-id.js'
import { arenaShape, createArena, SlabState } from '../../../src/arena/layout.js'
import { createHandOver, StoreHealth } from '../../../src/hand-over/layout.js'
import { createSlot } from '../../../src/names/shared-slot.js'
import { StoreDownError } from '../../../src/queue/errors.js'
import type { JobTarget } from '../../../src/queue/job.js'
import type { OpenStore } from '../../../src/queue/job-store.js'
import { RingConsumer } from '../../../src/ring/consumer.js'
import { createBoard, createRing } from '../../../src/ring/layout.js'
import type { PlacedApp, ShardTask } from '../../../src/shard/messages.js'
import { Shard } from '../../../src/shard/shard.js'
import { createShardBlock } from '../../../src/stats/layout.js'
import { adopt, reclaim } from '../../../src/storage/adopt.js'
import { type CommitResult, Commits } from '../../../src/storage/commits.js'
import { Holder } from '../../../src/storage/holder.js'
import { storeLeftBehind } from '../../../src/storage/left-behind.js'
import type { BehindEndpoint, StorageReport } from '../../../src/storage/messages.js'
import { Requests } from '../../../src/storage/requests.js'
import { ShardSide } from '../../../src/storage/shard-side.js'
import { monotonicNow as now } from '../../../src/time/clocks.js'
import type { Failure, Outcome, Transports } from '../../../src/transport/transport.js'
import { append } from '../../arena/support/arenas.js'
import { httpEndpoint, testApp } from '../../transport/support/endpoint.js'

export type SideName = 'shard' | 'storage'

const STOPPED = new Error('stopped before a store')
const STORES = ['store', 'exchange', 'compareExchange', 'add', 'or'] as const
const KiB = 1024
const UUID_LENGTH = 36
const ENDPOINT = httpEndpoint('http://127.0.0.1/', { concurrency: 1 })
const TARGET: JobTarget = { app: testApp.id, endpoint: ENDPOINT.id }
const BEHIND: BehindEndpoint = { app: 0, endpoint: 0 }

interface Request {
  readonly id: string
  readonly body: string
  readonly done: (outcome: Outcome) => void
}

/** Where a storage thread's store is, which outlives it. */
export interface StorePlace {
  /** As a storage thread does that finds what the one before it left. */
  open(): OpenStore
}

/** Counts the stores of each side, and stops each before one of them. */
class Stops {
  readonly counts: Record<SideName, number> = { shard: 0, storage: 0 }
  #running: SideName | null = null
  #isStopped = false
  readonly #real = Object.fromEntries(STORES.map((name) => [name, Atomics[name]]))

  constructor(readonly at: Readonly<Record<SideName, number>>) {
    const intercepted =
      (name: (typeof STORES)[number]) =>
      (...args: unknown[]): unknown => {
        this.#count()
        return Reflect.apply(this.#real[name] as () => unknown, Atomics, args)
      }
    Object.assign(Atomics, Object.fromEntries(STORES.map((name) => [name, intercepted(name)])))
  }

  restore(): void {
    Object.assign(Atomics, this.#real)
  }

  /** @returns false when the side was stopped */
  async run(side: SideName, work: () => Promise<void> | void): Promise<boolean> {
    const around = this.#running
    this.#running = side
    this.#isStopped = false
    try {
      await work()
      // What it has begun without waiting for it.
      for (let turn = 0; turn < 20; turn++) await null
    } catch (error) {
      if (error !== STOPPED) throw error
    } finally {
      this.#running = around
    }
    return !this.#isStopped
  }

  #count(): void {
    if (this.#running === null) return
    if (this.#isStopped) throw STOPPED
    this.counts[this.#running] += 1
    if (this.counts[this.#running] !== this.at[this.#running]) return
    this.#isStopped = true
    throw STOPPED
  }
}

export class CrashRig {
  /** Ids of the batches that were given to the shard, in their order. */
  readonly submitted: string[] = []
  /** Of each id, how often it was sent. */
  readonly sent = new Map<string, number>()
  readonly delivered = new Set<string>()
  /** Ids of the batches that the receiver refuses for good, once it was asked. */
  readonly refused = new Set<string>()
  /** What a promise of the design says did not hold. */
  readonly broken: string[] = []
  deaths = 0
  /** How many of them were the shard's. */
  shardDeaths = 0
  /** Whether the receiver takes no bodies of several events. */
  isPicky = false
  /** Whether the receiver refuses every third batch for good. */
  refusesSome = false
  readonly #place: StorePlace
  #requests: Request[] = []
  /** Whether no thread follows one of the shard's that dies: the dispatcher is being closed. */
  #isClosing = false
  readonly #stops: Stops
  readonly #shape = arenaShape(512 * KiB, 16 * KiB)
  readonly #arena = createArena(this.#shape)
  readonly #handOver = createHandOver(256)
  readonly #ring = createRing(64 * KiB)
  readonly #counters = createShardBlock()
  readonly #board = createBoard()
  readonly #nameSlot = createSlot()
  #restarts = 0
  #shard: Shard | null = null
  #open: OpenStore | null = null
  #side: ShardSide | null = null
  #commits: Commits | null = null
  #requestsToStore: Requests | null = null
  #holder: Holder | null = null
  /** Whether the store has batches of an endpoint that the storage thread does not know the shard to have. */
  #isUnplaced = false
  /** Whether the shard is to hear what the store has of its endpoints once that can be known: the store failed when its thread began. */
  #owesBehind = false
  #waiters: (() => void)[] = []
  #near: MessagePort | null = null
  #far: MessagePort | null = null
  #port = new FakePort(() => undefined)

  /** @param at the store to memory that each side is stopped before, counted from 1; 0: never */
  constructor(at: Readonly<Record<SideName, number>>, place: StorePlace) {
    this.#stops = new Stops(at)
    this.#place = place
  }

  get counts(): Readonly<Record<SideName, number>> {
    return this.#stops.counts
  }

  async begin(): Promise<void> {
    await this.#beginStorage()
    await this.#beginShard([])
  }

  end(): void {
    this.#stops.restore()
    this.#near?.close()
    this.#far?.close()
  }

  /** Gives the shard a sealed batch of so many events. */
  async submit(events: number): Promise<void> {
    await this.shard((shard) => {
      const { batches, gather, deliver } = shard
      const slab = batches.open(0, 0, 100 * events, 1, now())
      if (slab === null) throw new Error('the arena of the test is full')
      const id = batches.slabs.deliveryId(slab)
      for (let event = 0; event < events; event++) append(batches, slab, JSON.stringify({ id, event }), event + 1)
      gather.host.holds(0, batches.allocator.memory.slabBytes(slab))
      batches.seal(slab, 'events', now())
      this.submitted.push(id)
      deliver.outlet.submit(0, slab, now())
    })
  }

  /** A turn of the shard. */
  async turn(): Promise<void> {
    await this.receive()
    await this.shard((shard) => shard.deliver.turns.run(now()))
  }

  /** The shard reads its messages. */
  receive(): Promise<void> {
    return this.shard((shard) => {
      for (let sent = this.#receive(); sent !== null; sent = this.#receive()) this.#port.emit('message', sent)
      if (!this.#isUnplaced) return
      this.#isUnplaced = false
      shard.behind([BEHIND])
    })
  }

  /** Answers the oldest request. */
  async answer(): Promise<void> {
    const request = this.#requests.shift()
    if (request === undefined) return
    const outcome = this.#outcomeOf(request)
    if (outcome.kind === 'delivered') this.delivered.add(request.id)
    if (outcome.kind === 'rejected') this.refused.add(request.id)
    await this.shard(() => request.done(outcome))
  }

  #outcomeOf({ id, body }: Request): Outcome {
    if (this.isPicky && body.includes('},{')) {
      return { kind: 'too-large', failure: { cause: 'too-large', status: 413, message: 'too large' } }
    }
    if (!this.refusesSome || this.submitted.indexOf(id) % 3 !== 0) return { kind: 'delivered', status: 200 }
    // So long that the dead letter needs another slab.
    const failure: Failure = { cause: 'status', status: 400, message: `no, ${'because I say so '.repeat(60)}` }
    return { kind: 'rejected', failure, stop: false }
  }

  /** Ids of the dead letters in the store. */
  async letters(): Promise<readonly string[]> {
    const letters = await this.#open?.letters.list({ limit: 1000, after: null })
    return (letters ?? []).map(({ head }) => jobIdText(head.id))
  }

  /** What the storage thread does between two looks at its rings. */
  async storage(): Promise<void> {
    const goesOn = await this.#stops.run('storage', async () => {
      this.#side?.target(-1)
      const commits = this.#commits
      // One that is down is asked with nothing to store, too.
      if (commits !== null && (commits.hasWork(true) || this.#isDown)) await this.#commit(commits, true)
      if (this.#owesBehind && !this.#isDown) {
        this.#owesBehind = false
        this.#isUnplaced = this.#isBehind
      }
      for (const release of this.#waiters.splice(0)) release()
    })
    if (!goesOn) await this.endStorage()
  }

  /** Something comes to the storage thread. */
  async toStorage(work: () => void): Promise<void> {
    if (!(await this.#stops.run('storage', work))) await this.endStorage()
  }

  /** Has the storage thread end between two of its looks. */
  async endStorage(): Promise<void> {
    this.deaths += 1
    await this.#beginStorage()
    await this.shard((shard) => shard.reconnect(this.#port as unknown as MessagePort))
  }

  /** The storage thread begins to give back what it has received. */
  giveBack(): Promise<void> {
    return this.toStorage(() => void this.#open?.handedOver?.stop())
  }

  /**
   * The dispatcher is closed: everything is stored, the shard has a last turn and a last answer, its thread ends, and the storage thread
   * stores what is left. After that nothing is there but the store, as the next process finds it.
   */
  async close(): Promise<void> {
    do await this.storage()
    while (this.#isDown)
    this.#isClosing = true
    await this.turn()
    await this.answer()
    await this.shard((shard) => shard.stop())
    this.#shard = null
    this.#requests = []
    while (!(await this.#stops.run('storage', () => this.#closeStorage()))) {
      this.deaths += 1
      await this.#beginStorage()
    }
    this.#open = this.#place.open()
  }

  async #closeStorage(): Promise<void> {
    const { side, commits } = { side: this.#side, commits: this.#commits }
    if (commits === null || side === null) return
    const handsOver = this.#open?.handedOver !== undefined
    await storeLeftBehind([side], handsOver, commits, () => this.#commitAll(commits))
  }

  /** Until nothing is left that the store takes. */
  async #commitAll(commits: Commits): Promise<void> {
    let offers = 2
    while (commits.hasWork(offers > 0)) if ((await this.#commit(commits, offers > 0)) === 'full') offers -= 1
  }

  async #commit(commits: Commits, mayOffer: boolean): Promise<CommitResult['kind']> {
    const result = await commits.commit({ mayOffer, isTidying: false })
    if (result.kind === 'failed' && result.reason === STOPPED.message) throw STOPPED
    return result.kind
  }

  get isEmpty(): boolean {
    let used = 0
    const slabs = this.#shard?.batches.slabs
    this.#shard?.batches.allocator.memory.forEachUsed((slab) => {
      // One that was still open when the shard was stopped waits for its events, which nobody sends.
      if (slabs?.state(slab) !== SlabState.Open) used += 1
    })
    return used === 0 && this.#open?.figures().jobs === 0 && this.#requests.length === 0
  }

  /** The storage thread finds out that the store has lost everything. @returns ids of the batches whose bodies are still in the arena */
  async storeLost(): Promise<ReadonlySet<string>> {
    const ids = new Set<string>()
    const slabs = this.#shard?.batches.slabs
    this.#shard?.batches.allocator.memory.forEachUsed((slab) => {
      if (slabs !== undefined && slabs.state(slab) !== SlabState.Claimed) ids.add(slabs.deliveryId(slab))
    })
    const goesOn = await this.#stops.run('storage', () => {
      if (this.#side !== null && this.#open !== null) this.#commits?.offer(reclaim(this.#side, this.#open.jobs))
    })
    if (!goesOn) await this.endStorage()
    return ids
  }

  /** What is left, for a message. */
  get leftovers(): string {
    const states: string[] = []
    const slabs = this.#shard?.batches.slabs
    this.#shard?.batches.allocator.memory.forEachUsed((slab) => {
      states.push(`slab ${slab} state ${slabs?.state(slab)} custody ${this.#shard?.batches.custody.of(slab)}`)
    })
    return `${states.join(', ')}; stored ${this.#open?.figures().jobs}; parked ${[...(this.#open?.jobs.backlogs() ?? [])].length}`
  }

  async shard(work: (shard: Shard) => void): Promise<void> {
    const shard = this.#shard
    if (shard === null) return
    if (await this.#stops.run('shard', () => work(shard))) {
      this.#check(shard)
      return
    }
    this.deaths += 1
    this.shardDeaths += 1
    shard.stop()
    this.#requests = []
    this.#shard = null
    if (this.#isClosing) return
    await this.#storageConnects()
    await this.storage()
    this.#owesBehind = this.#isDown
    await this.#beginShard(this.#isBehind && !this.#isDown ? [BEHIND] : [])
  }

  get #isBehind(): boolean {
    return [...(this.#open?.jobs.backlogs() ?? [])].length > 0
  }

  get #isDown(): boolean {
    return this.#commits?.health === StoreHealth.Down
  }

  #check({ batches }: Shard): void {
    const ids = new Set<string>()
    batches.allocator.memory.forEachUsed((slab) => {
      const state = batches.slabs.state(slab)
      // What was handed over may come back before the slab is free that it left.
      const isThere = state === SlabState.Parked && this.#open?.handedOver === undefined
      if (state !== SlabState.Sealed && state !== SlabState.InFlight && !isThere) return
      const id = batches.slabs.deliveryId(slab)
      if (ids.has(id)) this.broken.push(`${id} is in two slabs`)
      ids.add(id)
    })
  }

  async #beginShard(behind: readonly BehindEndpoint[]): Promise<void> {
    const ring = new RingConsumer(this.#ring)
    const transports: Transports = {
      open: () => ({
        send: ({ id, body }, done) => {
          if (this.#requests.some((request) => request.id === id)) this.broken.push(`${id} is sent twice at once`)
          this.sent.set(id, (this.sent.get(id) ?? 0) + 1)
          const text = body.toString()
          // A part's has the id of the whole.
          if (!text.includes(id.slice(0, UUID_LENGTH))) this.broken.push(`${id} is sent with another one's body`)
          this.#requests.push({ id, body: text, done })
        },
      }),
      close: async () => undefined,
    }
    const { port1 } = new MessageChannel()
    const task: ShardTask = {
      shard: 0,
      ring: this.#ring,
      arena: this.#arena,
      shape: this.#shape,
      counters: this.#counters,
      board: this.#board,
      nameSlot: this.#nameSlot,
      settings: {
        version: '0',
        maxEvents: 100,
        maxBytes: 16 * KiB,
        durationMs: 60_000,
        payloadFormat: 'envelope',
        flapWindowMs: 0,
        egress: { policy: 'no-metadata', allow: [] },
        onFull: 'refuse',
        endpointShare: 1e-6,
        maxInFlight: 100,
        deadLetterShare: 1,
        sharesCore: false,
      },
      partsNeeded: 0,
      stopped: [],
      changes: [],
      lastMarker: 0,
      restarts: this.#restarts++,
      port: port1,
      queue: {
        handOver: this.#handOver,
        port: this.#port as unknown as MessagePort,
        behind,
        afterMs: 0,
        handsOver: this.#open?.handedOver !== undefined,
      },
    }
    const endpoints = [{ number: 0, config: ENDPOINT, active: true, generation: 0 }]
    const app: PlacedApp = { index: 0, config: { ...testApp, webhooks: [ENDPOINT] }, endpoints, isRemoved: false }
    const shard = new Shard(task, ring.memory.control, () => undefined, transports)
    this.#shard = shard
    port1.close()
    await this.shard(() => void shard.start([app]))
  }

  async #beginStorage(): Promise<void> {
    const open = this.#place.open()
    this.#open = open
    this.#isUnplaced = false
    const shardMemory = { shard: 0, arena: this.#arena, shape: this.#shape, handOver: this.#handOver }
    const goesOn = await this.#stops.run('storage', () => {
      const side = new ShardSide(shardMemory, 2, open.firstSeq)
      const commits = new Commits(open.jobs, [side])
      this.#waiters = []
      this.#side = side
      this.#commits = commits
      const barrier = (): Promise<boolean> => new Promise((resolve) => this.#waiters.push(() => resolve(true)))
      const holder = new Holder([side], {
        unplaced: () => {
          this.#isUnplaced = true
        },
        lost: () => undefined,
        barrier,
      })
      this.#holder = holder
      this.#requestsToStore = new Requests(open, {
        ring: () => undefined,
        barrier,
        named: () => commits.named(),
        owe: (change) => commits.owe(change),
        dropped: (from, ticket) => holder.dropped(from, ticket),
        unplaced: (from, endpoints) => holder.unplaced(from, endpoints),
        unreadable: (error) => {
          // What the test has the store say is asked for again.
          if (!(error instanceof StoreDownError)) throw error
        },
      })
      commits.offer(adopt(side, open))
      side.handOver.committed()
      open.handedOver?.serve(holder)
    })
    if (!goesOn) {
      this.deaths += 1
      await this.#beginStorage()
      return
    }
    // As a dispatcher does that hears of another thread.
    this.#isUnplaced ||= this.#isBehind
    await this.#storageConnects()
  }

  /** Connects the storage thread to the shard's thread, or to the next one. */
  async #storageConnects(): Promise<void> {
    const [near, far] = [this.#near, this.#far]
    const { port1, port2 } = new MessageChannel()
    this.#near = port1
    this.#far = port2
    this.#port = new FakePort((message) => port1.postMessage(message))
    await this.#stops.run('storage', () => {
      const { side, requests } = { side: this.#side, requests: this.#requestsToStore }
      if (side === null || requests === null) return
      for (const id of side.attach(port2, (call) => requests.receive(side, call))) {
        this.#commits?.owe({ kind: 'release', id })
      }
      this.#holder?.attached(side)
      side.send({ kind: 'stored' })
    })
    near?.close()
    far?.close()
  }

  #receive(): StorageReport | null {
    const sent = this.#near === null ? undefined : receiveMessageOnPort(this.#near)
    return sent === undefined ? null : (sent.message as StorageReport)
  }

  /** The endpoint's jobs that the store has parked. */
  get parked(): number {
    const found = [...(this.#open?.jobs.backlogs() ?? [])].find(({ target }) => target.endpoint === TARGET.endpoint)
    return found?.jobs ?? 0
  }
}

/** The shard's end of the port: what it sends goes on at once, what comes is given to it by the test. */
class FakePort extends EventEmitter {
  readonly #send: (message: unknown) => void

  constructor(send: (message: unknown) => void) {
    super()
    this.#send = send
  }

  postMessage(message: unknown): void {
    this.#send(message)
  }

  close(): void {
    this.removeAllListeners()
  }

  unref(): void {
    // It keeps nothing alive.
  }
}
