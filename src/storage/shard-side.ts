import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { ArenaMemory, type SlabId } from '../arena/arena-memory.js'
import { CustodyWords, isKnown } from '../arena/custody.js'
import { SlabState, SlabWord } from '../arena/layout.js'
import { Slabs } from '../arena/slab.js'
import { HandOverConsumer } from '../hand-over/consumer.js'
import type { AppIndex, EndpointNumber } from '../indexes.js'
import { JOB_ID_BYTES, type Job, type JobTarget } from '../queue/job.js'
import type { Death } from '../queue/job-store.js'
import { monotonicNow, numberOf, unixOf } from '../time/clocks.js'
import type { BehindEndpoint, ShardMemoryForStorage, StorageCall, StorageReport } from './messages.js'

const DELIVERY_ID_AT = SlabWord.DeliveryId * 4

interface NamedEndpoint {
  /** The index of its app. */
  readonly app: AppIndex
  readonly target: JobTarget
}

/** One use of a claimed slab that a body of the store is to come to. */
export interface Landing {
  readonly slab: SlabId
  readonly generation: number
  readonly connections: number
}

/** Names longer than this are no ids but somebody's mistake, and no store takes them. Their batches stay in memory. */
const LONGEST_NAMES = 16_384

/** One shard as the storage thread sees it: its arena, its end of the hand-over, and the port to whichever thread runs it. */
export class ShardSide {
  readonly shard: number
  readonly handOver: HandOverConsumer
  readonly custody: CustodyWords
  readonly slabs: Slabs
  readonly #memory: ArenaMemory
  readonly #targets = new Map<EndpointNumber, NamedEndpoint>()
  /** The same by their targets. */
  readonly #byTarget = new Map<string, BehindEndpoint>()
  /** Ids of jobs that the thread has taken and not settled yet, by their text. */
  readonly #taken = new Map<string, Uint8Array>()
  #port: MessagePort | null = null
  #connections = 0
  /** Whether the thread behind the port has asked for parked jobs. */
  hasAsked = false
  #receive: (call: StorageCall) => void = () => undefined

  readonly #suffixBytes: number

  constructor({ shard, arena, shape, handOver }: ShardMemoryForStorage, suffixBytes: number, firstSeq: number) {
    this.#suffixBytes = suffixBytes
    this.shard = shard
    this.#memory = new ArenaMemory(arena, shape)
    this.slabs = new Slabs(this.#memory)
    this.custody = new CustodyWords(this.#memory.words)
    this.handOver = new HandOverConsumer(handOver)
    this.handOver.beginAt(firstSeq)
  }

  /** Connects a thread. @returns the ids that the former one had taken, and that are in no slab */
  attach(port: MessagePort, receive: (call: StorageCall) => void): readonly Uint8Array[] {
    this.#port?.close()
    this.#port = port
    this.#connections += 1
    this.hasAsked = false
    this.#receive = receive
    const taken = this.#takenAlone()
    this.#taken.clear()
    port.on('message', (call: StorageCall) => this.#received(call))
    port.unref()
    return taken
  }

  send(report: StorageReport, transfer: readonly ArrayBuffer[] = []): void {
    this.#port?.postMessage(report, transfer)
  }

  close(): void {
    this.#port?.close()
    this.#port = null
  }

  /** What the endpoint's number means. Its message may still be unread: whoever hands over sends that first. */
  target(endpoint: EndpointNumber): JobTarget | undefined {
    const known = this.#targets.get(endpoint)
    if (known !== undefined || this.#port === null) return known?.target
    for (let sent = receiveMessageOnPort(this.#port); sent !== undefined; sent = receiveMessageOnPort(this.#port)) {
      this.#received(sent.message as StorageCall)
    }
    return this.#targets.get(endpoint)?.target
  }

  /** Of the endpoints that were named, those for which `isBehind` says so. */
  behind(isBehind: (target: JobTarget) => boolean): readonly BehindEndpoint[] {
    return [...this.#targets].flatMap(([endpoint, { app, target }]) => (isBehind(target) ? [{ app, endpoint }] : []))
  }

  endpointOf(target: JobTarget): BehindEndpoint | undefined {
    return this.#byTarget.get(targetText(target))
  }

  /** The shard has the endpoint no longer. @returns what it was */
  forget(endpoint: EndpointNumber): JobTarget | undefined {
    const target = this.#targets.get(endpoint)?.target
    if (target !== undefined && this.endpointOf(target)?.endpoint === endpoint)
      this.#byTarget.delete(targetText(target))
    return target
  }

  /** Whether a job is in its arena that may have come from the store. */
  hasReceived(): boolean {
    let isAny = false
    this.forEachUsed((slab) => {
      isAny ||= isKnown(this.custody.load(slab))
    })
    return isAny
  }

  took(id: Uint8Array): void {
    this.#taken.set(textOf(id), id)
  }

  /** The thread has nothing more to do with the job. */
  settled(id: Uint8Array): void {
    if (this.#taken.size > 0) this.#taken.delete(textOf(id))
  }

  /** A view of the slab's body, or of where it goes. */
  bodyOf(slab: SlabId): Uint8Array {
    const at = this.slabs.bodyAt(slab)
    return this.#memory.bytes.subarray(at, at + this.slabs.length(slab) + this.#suffixBytes)
  }

  /** How many threads were connected. */
  get connections(): number {
    return this.#connections
  }

  landing(slab: SlabId): Landing {
    return { slab, generation: this.custody.generation(slab), connections: this.#connections }
  }

  /**
   * Writes a body to where the thread wants it that asked for it. While the store was read that thread may have died: the next one
   * begins after it was connected, frees the slab, and may have anything in it.
   * @returns false when nobody waits for the body any more: nothing was written
   */
  land({ slab, generation, connections }: Landing, body: Uint8Array): boolean {
    const isClaimed = this.slabs.state(slab) === SlabState.Claimed && this.custody.generation(slab) === generation
    if (connections !== this.#connections || !isClaimed) return false
    this.bodyOf(slab).set(body)
    return true
  }

  idOf(slab: SlabId): Uint8Array {
    const at = slab + DELIVERY_ID_AT
    return this.#memory.bytes.subarray(at, at + JOB_ID_BYTES)
  }

  /** The batch in a slab that is in the storage thread's custody. */
  job(slab: SlabId, target: JobTarget): Job {
    const { slabs } = this
    const firstAttemptAt = slabs.time(slab, SlabWord.FirstAttemptAt)
    const body = this.bodyOf(slab)
    return {
      head: {
        id: this.idOf(slab),
        life: slabs.life(slab),
        seq: this.handOver.memory.seqOf(slabs.word(slab, SlabWord.Order)),
        target,
        events: slabs.events(slab),
        attempts: slabs.word(slab, SlabWord.Attempts),
        status: slabs.word(slab, SlabWord.LastStatus),
        spentMs: firstAttemptAt === 0 ? 0 : Math.max(monotonicNow() - firstAttemptAt, 0),
        nextAt: 0,
        firstEventAt: unixOf(slabs.time(slab, SlabWord.FirstEventAt)),
        sealedAt: unixOf(slabs.time(slab, SlabWord.SealedAt)),
        bodyBytes: body.byteLength,
      },
      body,
    }
  }

  /** How the batch in a slab died, as `Batches.bury` wrote it. */
  death(slab: SlabId): Death {
    const { slabs } = this
    const at = slabs.bodyAt(slab) + slabs.length(slab) + this.#suffixBytes
    const text = this.#memory.bytes.toString('utf8', at, at + slabs.word(slab, SlabWord.ErrorBytes))
    const [cause = '', ...error] = text.split('\n')
    return {
      life: slabs.life(slab),
      attempts: slabs.word(slab, SlabWord.Attempts),
      status: slabs.word(slab, SlabWord.LastStatus),
      cause,
      error: error.join('\n'),
      diedAt: Math.round(numberOf(unixOf(slabs.time(slab, SlabWord.LastAttemptAt)))),
    }
  }

  forEachUsed(visit: (slab: SlabId) => void): void {
    this.#memory.forEachUsed(visit)
  }

  #takenAlone(): readonly Uint8Array[] {
    if (this.#taken.size === 0) return []
    const inSlabs = new Set<string>()
    this.forEachUsed((slab) => {
      const state = this.slabs.state(slab)
      // In a claimed one its body had not come, and from a parked one it went to the store before it was taken.
      if (state !== SlabState.Claimed && state !== SlabState.Parked) inSlabs.add(textOf(this.idOf(slab)))
    })
    return [...this.#taken].flatMap(([text, id]) => (inSlabs.has(text) ? [] : [id]))
  }

  #received(call: StorageCall): void {
    if (call !== null && call.kind === 'target' && isNameable(call.target)) {
      const { endpoint, app, target } = call
      this.#targets.set(endpoint, { app, target })
      this.#byTarget.set(targetText(target), { app, endpoint })
    }
    this.#receive(call)
  }
}

function isNameable({ app, endpoint }: JobTarget): boolean {
  return app.length + endpoint.length <= LONGEST_NAMES
}

function targetText({ app, endpoint }: JobTarget): string {
  return JSON.stringify([app, endpoint])
}

function textOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1')
}
