import type { Received } from '../actor/received.js'
import { Fifo } from '../collections/fifo.js'
import type { AppIndex, Sequence } from '../indexes.js'
import { EventView } from '../ring/event-view.js'
import { EVENT_HEADER_BYTES } from '../ring/record.js'
import { LogKind, NO_PLACE, type RecordLog } from '../ring/record-log.js'
import { MAX_FAILURES } from './actor-supervisor.js'

/** Records that are told before sockets and the ring get their turn, and apps that are tried. */
const RECORDS_A_TURN = 2048
const APPS_A_TURN = 256

/** A record in the log. */
interface Aside {
  readonly app: AppIndex
  readonly size: number
  readonly sequence: Sequence
  at: number
  isDone: boolean
}

/** What waits for its turn among the records of its app. @returns false when it must be tried again */
export type Turn = () => boolean

/** What setting records aside needs of the shard. */
export interface ReserveHost {
  /** Gives an app the event of a record that was set aside. */
  tell(event: EventView, nowMs: number): Received
  /** Makes the event of a record a dead letter: threads have died at it too often. */
  giveUp(event: EventView, nowMs: number): Received
  /** Makes room if it can. @returns false when there is nothing to give up */
  makeRoom(): boolean
  /** A number that changes whenever memory has become free. */
  readonly releases: number
  /** The app begins or ceases to have something set aside. */
  changed(app: AppIndex): void
  /** So many records more, or fewer, are set aside. */
  count(records: number): void
}

/**
 * The records of apps for whose events the arena has no room. They are copied from the ring to a log in the arena's reserve, so that
 * the ring goes on for every other app.
 *
 *     ring → log      the arena has no room for the event, or earlier ones of its app are in the log
 *     log  → (gone)   the app's actor has taken it, or it became a dead letter
 *
 * From an app's first record here until its last one is gone, the main thread refuses the app's events (`Backpressure.show`). So what
 * can follow is what is in the ring at that moment: at most one ring's size, which is the size of the reserve (in a small arena it is
 * less). More comes only when further apps find no room later, while the first still wait. Then the log can be full, and the ring
 * waits for it, as it would without a log.
 *
 * What belongs between two events of an app waits with them: the changes of the app and the flushes behind them (`defer`).
 *
 * Records leave the log from its front. When one that waits long is followed by many that are gone, it is copied to the end. So
 * the log is not always in the order of the ring, but an app's records have all been in the ring at one time, and their sequences
 * tell their order.
 *
 * A crash between any two stores:
 *     copied, not yet given back to the ring        the ring's first record is known by its sequence (`has`), and passed over
 *     copied to the end, not yet gone at the front  two records have one sequence: the first of the log is given up
 *     told, not yet marked                          the batches know its sequence (`EndpointBuffer.has`)
 *     at the actor                                  the mark counts a death: at the third one it becomes a dead letter
 */
export class Reserve {
  readonly #log: RecordLog
  readonly #host: ReserveHost
  readonly #event: EventView
  /** In the order of the log. */
  readonly #records = new Fifo<Aside>()
  /** What waits, by app. Whoever has been tried goes to the end. */
  readonly #queues = new Map<AppIndex, Fifo<Aside | Turn>>()
  #waitingBytes = 0
  /** Apps that may find room: all of them when memory has become free since they were tried. */
  #untried = 0
  #releases = 0
  /** Those that may find room though no memory has become free. */
  readonly #toRetry = new Set<AppIndex>()

  constructor(log: RecordLog, host: ReserveHost) {
    this.#log = log
    this.#host = host
    this.#event = new EventView(log.bytes, log.words, log.doubles)
  }

  /** Whether no app has anything here. */
  get isEmpty(): boolean {
    return this.#queues.size === 0
  }

  /** The apps that have something here. */
  get apps(): Iterable<AppIndex> {
    return this.#queues.keys()
  }

  /** Whether events of the app must come here. */
  holds(app: AppIndex): boolean {
    return this.#queues.size > 0 && this.#queues.has(app)
  }

  /** Whether `replay` may get further than it did. */
  get isWorthATry(): boolean {
    if (this.#queues.size === 0) return false
    return this.#untried > 0 || this.#releases !== this.#host.releases || this.#toRetry.size > 0
  }

  /** Takes what a former thread left. */
  recover(): void {
    this.#log.recover()
    const found = [...this.#log.offsets()].map((at) => this.#read(at))
    const [first] = found
    const last = found.at(-1)
    if (first !== last && first?.sequence === last?.sequence && first?.app === last?.app) {
      found.shift()
      this.#log.shift()
    }
    for (const record of found) this.#records.push(record)
    const waiting = found.filter(({ isDone }) => !isDone)
    for (const record of waiting.sort((a, b) => (a.sequence - b.sequence) | 0)) this.#enqueue(record)
    this.#trim()
  }

  /** Whether the event is the last one of its app here: the thread died before the ring had its record back. */
  has(event: EventView): boolean {
    const records = (this.#queues.get(event.app)?.toArray() ?? []).filter((each) => typeof each !== 'function')
    return records.at(-1)?.sequence === event.sequence
  }

  /**
   * Copies the record of an event.
   * @param deaths threads that have died at it
   * @returns false when there is no room
   */
  add(event: EventView, deaths: number): boolean {
    const at = this.#append(event.bytes, event.nameAt - EVENT_HEADER_BYTES, event.size, LogKind.Waiting + deaths)
    if (at === NO_PLACE) return false
    const record = { app: event.app, size: event.size, sequence: event.sequence, at, isDone: false }
    this.#records.push(record)
    this.#enqueue(record)
    return true
  }

  /** Has `turn` called when everything that the app has here now is gone. */
  defer(app: AppIndex, turn: Turn): void {
    this.#queueOf(app).push(turn)
    this.#untried = this.#queues.size
  }

  /** Has the app tried again: what an endpoint of it waits for may no longer be memory. */
  retry(app: AppIndex): void {
    if (this.holds(app)) this.#toRetry.add(app)
  }

  /** Tells what there is room for, as much as fits into a turn of the event loop. */
  replay(nowMs: number): void {
    if (!this.isWorthATry) return
    if (this.#releases !== this.#host.releases) this.#untried = this.#queues.size
    this.#releases = this.#host.releases
    let budget = RECORDS_A_TURN
    for (const app of this.#toRetry) {
      if (budget <= 0) return
      this.#toRetry.delete(app)
      budget -= this.#retryOne(app, budget, nowMs)
    }
    for (let tries = 0; tries < APPS_A_TURN && this.#untried > 0 && budget > 0; tries++) {
      const [next] = this.#queues
      if (next === undefined) return
      const [app, queue] = next
      budget -= this.#replayOne(app, queue, budget, nowMs)
    }
  }

  /** @returns how many records it took */
  #replayOne(app: AppIndex, queue: Fifo<Aside | Turn>, most: number, nowMs: number): number {
    const taken = this.#takeAll(queue, most, nowMs)
    if (queue.size === 0) {
      this.#untried -= 1
      this.#end(app)
    } else if (taken < most) {
      this.#queues.delete(app)
      this.#queues.set(app, queue)
      this.#untried -= 1
    }
    return taken
  }

  /** The app keeps its place among those that are tried. @returns how many records it took */
  #retryOne(app: AppIndex, most: number, nowMs: number): number {
    const queue = this.#queues.get(app)
    if (queue === undefined) return 0
    const taken = this.#takeAll(queue, most, nowMs)
    if (queue.size === 0) this.#end(app)
    this.#untried = Math.min(this.#untried, this.#queues.size)
    return taken
  }

  /** @returns how many it took: fewer than `most` when one stalled, or all */
  #takeAll(queue: Fifo<Aside | Turn>, most: number, nowMs: number): number {
    let taken = 0
    while (queue.size > 0 && taken < most && this.#takeFirst(queue, nowMs)) taken += 1
    return taken
  }

  #end(app: AppIndex): void {
    this.#queues.delete(app)
    this.#host.changed(app)
  }

  #takeFirst(queue: Fifo<Aside | Turn>, nowMs: number): boolean {
    const first = queue.peek()
    if (first === undefined) return false
    if (typeof first === 'function') {
      if (!first()) return false
      queue.shift()
      return true
    }
    let received = this.#tell(first, nowMs)
    while (received === 'stalled' && this.#host.makeRoom()) received = this.#tell(first, nowMs)
    if (received === 'stalled') return false
    this.#log.mark(first.at, LogKind.Done)
    first.isDone = true
    queue.shift()
    this.#waitingBytes -= first.size
    this.#host.count(-1)
    this.#trim()
    return true
  }

  #tell({ at }: Aside, nowMs: number): Received {
    const kind = this.#log.kindAt(at)
    const event = this.#event.read(at)
    if (kind - LogKind.Waiting >= MAX_FAILURES) return this.#host.giveUp(event, nowMs)
    this.#log.mark(at, kind + 1)
    const received = this.#host.tell(event, nowMs)
    if (received === 'stalled') this.#log.mark(at, kind)
    return received
  }

  #read(at: number): Aside {
    const { app, sequence, size } = this.#event.read(at)
    return { app, sequence, size, at, isDone: this.#log.kindAt(at) === LogKind.Done }
  }

  #enqueue(record: Aside): void {
    this.#queueOf(record.app).push(record)
    this.#waitingBytes += record.size
    this.#host.count(1)
  }

  #queueOf(app: AppIndex): Fifo<Aside | Turn> {
    const known = this.#queues.get(app)
    if (known !== undefined) return known
    const queue = new Fifo<Aside | Turn>()
    this.#queues.set(app, queue)
    this.#host.changed(app)
    return queue
  }

  #append(from: Buffer, offset: number, size: number, kind: number): number {
    const log = this.#log
    // Early, while there is room to copy to.
    if (log.usedBytes > log.capacity / 2 && log.usedBytes > 2 * this.#waitingBytes) this.#compact()
    const at = log.append(from, offset, size, kind)
    if (at !== NO_PLACE || log.usedBytes === this.#waitingBytes) return at
    this.#compact()
    return log.append(from, offset, size, kind)
  }

  /** Copies each record that waits to the end, once, as far as there is room. */
  #compact(): void {
    for (let records = this.#records.size; records > 0; records--) {
      const first = this.#records.peek()
      if (first === undefined) return
      const at = this.#log.append(this.#log.bytes, first.at, first.size, this.#log.kindAt(first.at))
      if (at === NO_PLACE) return
      this.#records.shift()
      this.#log.shift()
      first.at = at
      this.#records.push(first)
      records -= this.#trim()
    }
  }

  /** Gives up what is gone at the front. @returns how many records */
  #trim(): number {
    let gone = 0
    while (this.#records.peek()?.isDone === true) {
      this.#records.shift()
      this.#log.shift()
      gone += 1
    }
    return gone
  }
}
