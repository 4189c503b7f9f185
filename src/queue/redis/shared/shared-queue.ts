import { groupBy } from '../../../collections/group-by.js'
import { numberOf, unixNow } from '../../../time/clocks.js'
import { StoreFullError } from '../../errors.js'
import type { Consumer, HandedOverQueue, QueueChange, QueueFigures } from '../../handed-over/queue.js'
import type { Job, JobTarget } from '../../job.js'
import { hasRoomAgain } from '../../room.js'
import { encodeDeath, encodeHead, encodeState } from '../codec.js'
import type { RedisArgument } from '../connection.js'
import type { LaneKeys } from '../keys.js'
import { asStoreError, LaneGoneError } from '../lane.js'
import type { LaneReader } from '../lane-reader.js'
import type { RedisLink } from '../link.js'
import { Tending } from '../tending.js'
import { type LaneJob, pauseArguments } from './consumed-lane.js'
import { Consuming } from './consuming.js'
import type { SharedFigures } from './lane-figures.js'
import { laneOf } from './lane-map.js'
import { LaneWriter } from './lane-writer.js'
import type { Members } from './members.js'

/** How often it is counted what is in the lanes, in ms. */
const COUNT_EVERY_MS = 1000

export interface SharedQueueParts {
  readonly link: RedisLink
  readonly reader: LaneReader
  readonly members: Members
  readonly figures: SharedFigures
  /** Of all lanes, by number. */
  readonly lanes: readonly LaneKeys[]
  readonly prefix: string
  readonly owner: string
  readonly leaseMs: number
  readonly maxBytes: number
  readonly letters: { readonly maxBytes: number; readonly maxAgeMs: number }
}

/** Lanes that processes share: everybody adds to them, and each is consumed by one process at a time. */
export class SharedQueue implements HandedOverQueue<LaneJob> {
  readonly #parts: SharedQueueParts
  readonly #writers: readonly LaneWriter[]
  readonly #counting: Tending
  #consuming: Consuming | null = null

  constructor(parts: SharedQueueParts) {
    this.#parts = parts
    this.#writers = parts.lanes.map((keys) => new LaneWriter(parts.link, keys, parts.owner))
    this.#counting = new Tending(COUNT_EVERY_MS, () => this.#count(), { isAtOnce: true })
  }

  async store(jobs: readonly Job[]): Promise<void> {
    const byLane = groupBy(jobs, ({ head }) => this.#laneOf(head.target))
    for (const number of byLane.keys()) this.#throwIfFull(number)
    await this.#all([...byLane].map(([number, its]) => this.#writers[number]?.store(its)))
    for (const [number, its] of byLane) this.#writers[number]?.confirmed(its)
    this.#consuming?.stir()
  }

  async change(changes: readonly QueueChange<LaneJob>[]): Promise<void> {
    const byLane = new Map<number, RedisArgument[]>()
    const letters: Job[] = []
    for (const change of changes) {
      if (change.kind === 'letter') {
        letters.push(change.job)
        await this.#all([this.#writerOf(change.job)?.bury(change.job, change.death)])
        continue
      }
      const number = change.kind === 'pause' ? this.#laneOf(change.target) : change.job.lane.number
      // A pause says nothing that has to be kept.
      if (change.kind !== 'pause' && this.#consuming?.find(number) !== change.job.lane) continue
      const args = byLane.get(number) ?? []
      byLane.set(number, args)
      args.push(...argumentsOf(change))
    }
    await this.#all([...byLane].map(([number, args]) => this.#changeLane(number, args)))
    for (const job of letters) this.#writerOf(job)?.confirmed([job])
  }

  async probe(): Promise<void> {
    const [first] = this.#writers
    const inDoubt = this.#writers.filter((writer) => writer.isInDoubt)
    await this.#all((inDoubt.length > 0 ? inDoubt : [first]).map((writer) => writer?.probe()))
  }

  hasRoomAgain(): boolean {
    const { figures, lanes, maxBytes } = this.#parts
    return lanes.every((_, number) => hasRoomAgain(figures.of(number).bytes, maxBytes))
  }

  async read({ lane, entry, head }: LaneJob, into: Uint8Array): Promise<'read' | 'damaged' | 'gone'> {
    const body = await this.#parts.reader.body(lane.lane, entry)
    if (body === null) return 'gone'
    if (body.byteLength !== head.bodyBytes || body.byteLength > into.byteLength) return 'damaged'
    into.set(body)
    return 'read'
  }

  consume(consumer: Consumer<LaneJob>): () => Promise<void> {
    const { lanes, figures, ...parts } = this.#parts
    const onUnreadable = (): void => {
      figures.skipped += 1
    }
    const consuming = new Consuming({ ...parts, lanes: lanes.length, onUnreadable }, consumer)
    this.#consuming = consuming
    return () => consuming.end()
  }

  figures(): QueueFigures {
    return this.#parts.figures.all
  }

  async close(): Promise<void> {
    await this.#consuming?.end()
    await this.#counting.stop()
    await Promise.allSettled(this.#writers.map((writer) => writer.close()))
    this.#parts.link.close()
  }

  async #changeLane(number: number, args: readonly RedisArgument[]): Promise<void> {
    const lane = this.#consuming?.find(number)
    if (lane === undefined) return
    try {
      await lane.lane.change(args, () => undefined)
    } catch (error) {
      // What is said of another process's jobs is not heard.
      if (!(error instanceof LaneGoneError)) throw error
      this.#consuming?.gone(error)
    }
  }

  #throwIfFull(number: number): void {
    const { figures, maxBytes } = this.#parts
    const { bytes } = figures.of(number)
    if (bytes > maxBytes) throw new StoreFullError(`lane ${number} has ${bytes} bytes of at most ${maxBytes}`)
  }

  #writerOf({ head }: Job): LaneWriter | undefined {
    return this.#writers[this.#laneOf(head.target)]
  }

  /** Counts what is in the lanes, and drops letters that are too old or too many of those lanes that this process has. */
  async #count(): Promise<void> {
    const { figures, letters, lanes, link } = this.#parts
    await figures.count()
    const oldestMs = numberOf(unixNow()) - letters.maxAgeMs
    for (const [number, { dead }] of lanes.entries()) {
      if (this.#consuming?.find(number) === undefined) continue
      const trim = async (...how: readonly string[]): Promise<void> => {
        figures.evicted += Number(await link.send(dead, ['XTRIM', dead, ...how]))
      }
      const { letters: count, letterBytes } = figures.of(number)
      const share = letters.maxBytes / lanes.length
      if (count > 0 && oldestMs > 0) await trim('MINID', String(Math.floor(oldestMs)))
      if (letterBytes > share) await trim('MAXLEN', String(Math.floor((count * share) / letterBytes)))
    }
  }

  #laneOf(target: JobTarget): number {
    return laneOf(target, this.#parts.lanes.length)
  }

  /** Waits for all, also when some fail: nothing of a call that has ended is on its way. */
  async #all(calls: readonly (Promise<void> | undefined)[]): Promise<void> {
    const failed = (await Promise.allSettled(calls)).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw asStoreError(failed.reason)
  }
}

function argumentsOf(change: Exclude<QueueChange<LaneJob>, { kind: 'letter' }>): readonly RedisArgument[] {
  switch (change.kind) {
    case 'done':
      return ['s', change.job.entry]
    case 'dead':
      return ['b', change.job.entry, encodeHead(change.job.head), encodeDeath(change.death)]
    case 'state':
      return ['n', change.job.entry, encodeState(change.state)]
    case 'pause':
      return pauseArguments(change.target, change.pause)
  }
}
