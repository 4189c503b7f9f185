import { type ActorMessage, AppActor } from '../actor/app-actor.js'
import { EndpointBuffer } from '../actor/endpoint-buffer.js'
import { type FlapParts, Flaps } from '../actor/flaps.js'
import { type EndpointHistory, NO_HISTORY } from '../actor/history.js'
import type { ActorPorts, BatchLimits } from '../actor/ports.js'
import type { Received } from '../actor/received.js'
import { Subscriptions } from '../actor/subscription.js'
import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { groupBy } from '../collections/group-by.js'
import { maxPayloadBytes } from '../config/lambda-limits.js'
import type { EndpointConfig } from '../config/model.js'
import type { AppIndex, EndpointNumber } from '../indexes.js'
import type { DirectoryPart, PlacedApp } from '../shard/messages.js'
import { SharedConfig } from './shared-config.js'

/** An app that something has come for. */
export interface LiveApp {
  app: PlacedApp
  actor: AppActor
  buffers: EndpointBuffer[]
  readonly flaps: Flaps | null
}

/** What an actor is made of, the same for all of a shard. */
export interface ActorParts {
  readonly batches: Batches
  readonly ports: ActorPorts
  readonly limits: BatchLimits
  readonly maxBytes: number
  /** Makes the endpoints of an app that was expected. */
  placeEndpoints(app: PlacedApp): void
  /** Told about every app that is made. */
  made(app: LiveApp): void
  /** null: leaves are told at once. */
  readonly flaps: FlapParts | null
}

/** The apps of a shard and their actors, by the index that records carry. */
export class Apps {
  readonly #byIndex: (LiveApp | undefined)[] = []
  /** The actors in there: one place less in memory for every event to look at (benchmark `latency`). */
  readonly #actorByIndex: (AppActor | undefined)[] = []
  /** Apps that nothing has come for yet, or not for long. */
  readonly #expected = new Map<AppIndex, PlacedApp>()
  readonly #shared = new SharedConfig()
  readonly #subscriptions = new Subscriptions()
  #isLastExpected = false

  readonly #parts: ActorParts

  constructor(parts: ActorParts) {
    this.#parts = parts
  }

  get(index: AppIndex): AppActor | undefined {
    return this.#actorByIndex[index] ?? this.#fulfil(index)?.actor
  }

  placed(index: AppIndex): PlacedApp | undefined {
    return this.#at(index)?.app
  }

  buffersOf(index: AppIndex): readonly EndpointBuffer[] {
    return this.#at(index)?.buffers ?? []
  }

  /** Whether the app is here, or will never be: then it is gone. While false it may still come. */
  knows(index: AppIndex): boolean {
    return this.#isLastExpected || this.get(index) !== undefined
  }

  /** Takes apps that are only made when something comes for them: there may be thousands. */
  expect({ apps, isLast }: DirectoryPart): void {
    for (const app of apps) if (!this.#expected.has(app.index)) this.#expected.set(app.index, this.#shared.app(app))
    this.#isLastExpected = isLast
  }

  actors(): AppActor[] {
    return this.#byIndex.flatMap((placed) => (placed === undefined ? [] : [placed.actor]))
  }

  /**
   * Makes or changes an app; what its endpoints had begun stays with them.
   * @param tell gives an actor that is there already its new buffers
   * @returns `stalled` when an endpoint cannot go yet: the same call must come again
   */
  place(
    app: PlacedApp,
    history: ReadonlyMap<EndpointNumber, EndpointHistory>,
    tell: (message: ActorMessage) => Received,
  ): Received {
    const known = this.#at(app.index)
    const buffers = this.#buffersFor(app, known?.buffers ?? [], history)
    if (known === undefined) {
      this.#make(app, buffers)
      return 'done'
    }
    if (tell({ kind: 'configure', buffers }) === 'stalled') return 'stalled'
    known.app = app
    known.buffers = buffers
    return 'done'
  }

  /** Keeps of an app only what it is made of; nothing of one whose endpoints are all gone. */
  passivate({ app }: LiveApp): void {
    this.#byIndex[app.index] = undefined
    this.#actorByIndex[app.index] = undefined
    const endpoints = app.endpoints.filter(({ active }) => active)
    if (endpoints.length > 0) this.#expected.set(app.index, this.#shared.app({ ...app, endpoints }))
  }

  /** Takes the held events that a former thread left, those of an app the oldest first. */
  recoverHeld(slabs: readonly SlabId[], nowMs: number, setAside: (slab: SlabId, reason: string) => void): void {
    const { batches, flaps: parts } = this.#parts
    const whole = slabs.filter((slab) => {
      const isWhole = parts?.records.isWhole(slab) ?? true
      if (!isWhole) setAside(slab, 'its records do not add up')
      return isWhole
    })
    for (const [index, slabsOfApp] of groupBy(whole, (slab) => batches.slabs.app(slab))) {
      const flaps = this.#at(index)?.flaps
      if (flaps != null) flaps.recover(slabsOfApp, nowMs)
      else for (const slab of slabsOfApp) setAside(slab, 'its app is not known')
    }
  }

  /** A new actor for an app whose actor threw; what it had begun is in the arena and in its buffers. */
  restart(index: AppIndex): AppActor | undefined {
    const placed = this.#at(index)
    if (placed === undefined) return undefined
    placed.actor = new AppActor(index, placed.buffers, placed.flaps)
    this.#actorByIndex[index] = placed.actor
    return placed.actor
  }

  /** A new actor with other buffers than before. */
  rebuild(index: AppIndex, buffers: readonly EndpointBuffer[]): void {
    const placed = this.#at(index)
    if (placed === undefined) return
    placed.buffers = [...buffers]
    this.restart(index)
  }

  #at(index: AppIndex): LiveApp | undefined {
    return this.#byIndex[index] ?? this.#fulfil(index)
  }

  #fulfil(index: AppIndex): LiveApp | undefined {
    const app = this.#expected.get(index)
    if (app === undefined) return undefined
    this.#expected.delete(index)
    this.#parts.placeEndpoints(app)
    return this.#make(app, this.#buffersFor(app, [], new Map()))
  }

  /** A buffer for each endpoint that gets new events: the one that it has, or a new one. */
  #buffersFor(
    { index, endpoints }: PlacedApp,
    known: readonly EndpointBuffer[],
    history: ReadonlyMap<EndpointNumber, EndpointHistory>,
  ): EndpointBuffer[] {
    const buffers: EndpointBuffer[] = []
    for (const { number, config, active } of endpoints) {
      if (!active) continue
      const buffer = known.find((candidate) => candidate.number === number)
      if (buffer !== undefined) buffer.subscription = this.#subscriptions.of(config)
      buffers.push(buffer ?? this.#buffer(index, number, config, history.get(number) ?? NO_HISTORY))
    }
    return buffers
  }

  #make(app: PlacedApp, buffers: EndpointBuffer[]): LiveApp {
    const flaps = this.#parts.flaps === null ? null : new Flaps(app.index, this.#parts.flaps)
    const live = { app, buffers, flaps, actor: new AppActor(app.index, buffers, flaps) }
    this.#byIndex[app.index] = live
    this.#actorByIndex[app.index] = live.actor
    this.#parts.made(live)
    return live
  }

  #buffer(app: AppIndex, number: EndpointNumber, config: EndpointConfig, history: EndpointHistory): EndpointBuffer {
    const { batches, ports, limits, maxBytes } = this.#parts
    const subscription = this.#subscriptions.of(config)
    return new EndpointBuffer(app, number, subscription, bodyLimit(config, maxBytes), limits, batches, ports, history)
  }
}

function bodyLimit(config: EndpointConfig, maxBytes: number): number {
  return config.target.kind === 'lambda' ? Math.min(maxBytes, maxPayloadBytes(config.target.invocationType)) : maxBytes
}
