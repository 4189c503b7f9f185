import type { Consumer, ReceivedJob } from '../../handed-over/queue.js'
import type { JobTarget, Pause } from '../../job.js'
import { bytesOf, idAfter, listOf, textOf } from '../answers.js'
import { decodeHead, decodeState } from '../codec.js'
import type { Lane } from '../lane.js'
import type { RedisLink } from '../link.js'
import { JOBS } from '../scripts.js'

/** A job of a lane that this process has. */
export interface LaneJob extends ReceivedJob {
  readonly lane: ConsumedLane
  /** The id of its entry. */
  readonly entry: string
}

/** Entries of a page. Redis reads their bodies too, though it does not send them. */
export const PAGE = 256
/** Fields of `meta` that say for how long an endpoint is to be left alone. */
const PAUSE = 'pause:'

/** A lane that this process has, and how far it has read it. */
export class ConsumedLane {
  readonly number: number
  readonly lane: Lane
  readonly #link: RedisLink
  #from = '-'
  #isEnded = false
  #reading: Promise<unknown> = Promise.resolve()

  constructor(number: number, lane: Lane, link: RedisLink) {
    this.number = number
    this.lane = lane
    this.#link = link
  }

  /** Tells the consumer for how long endpoints are to be left alone. Before it gets jobs. @throws StoreDownError */
  async readPauses(consumer: Pick<Consumer<LaneJob>, 'paused'>, nowMs: number): Promise<void> {
    const fields = listOf(await this.#link.send(this.lane.keys.meta, ['HGETALL', this.lane.keys.meta])).map(textOf)
    const over: string[] = []
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const [name = '', value = ''] = [fields[at], fields[at + 1]]
      if (!name.startsWith(PAUSE)) continue
      const [untilMs = 0, refilledMs = 0] = value.split(' ').map(Number)
      if (Math.max(untilMs, refilledMs) <= nowMs) over.push('w', name, '')
      else consumer.paused(targetOf(name), { untilMs, refilledMs })
    }
    if (over.length > 0) await this.lane.change(over, () => undefined)
  }

  /** Gives the consumer what has come, up to a page of it. @returns how much. @throws StoreDownError, LaneGoneError */
  async read(consumer: Consumer<LaneJob>, onUnreadable: () => void): Promise<number> {
    const reading = this.#read(consumer, onUnreadable)
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  /** Reads no more. Resolves when nothing is being read. */
  async end(): Promise<void> {
    this.#isEnded = true
    await this.#reading
  }

  async #read(consumer: Consumer<LaneJob>, onUnreadable: () => void): Promise<number> {
    const answer = listOf(await this.#link.run(JOBS, this.lane.keys, [this.#from, String(PAGE)]))
    if (this.#isEnded || answer.length === 0) return 0
    const jobs: LaneJob[] = []
    for (let at = 0; at + 2 < answer.length; at += 3) {
      const entry = textOf(answer[at])
      const head = decodeHead(bytesOf(answer[at + 1]))
      const state = decodeState(textOf(answer[at + 2]))
      if (head === null) onUnreadable()
      else jobs.push({ lane: this, entry, head: state === null ? head : { ...head, ...state } })
      this.#from = idAfter(entry)
    }
    const repeated = consumer.received(jobs)
    if (repeated.length > 0)
      await this.lane.change(
        repeated.flatMap(({ entry }) => ['s', entry]),
        () => undefined,
      )
    return answer.length / 3
  }
}

/** What `CHANGE` is given to keep a pause. */
export function pauseArguments({ app, endpoint }: JobTarget, { untilMs, refilledMs }: Pause): readonly string[] {
  return ['w', `${PAUSE}${JSON.stringify([app, endpoint])}`, `${untilMs} ${refilledMs}`]
}

function targetOf(name: string): JobTarget {
  const [app = '', endpoint = ''] = JSON.parse(name.slice(PAUSE.length)) as string[]
  return { app, endpoint }
}
