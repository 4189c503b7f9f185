import { AppActor } from '../actor/app-actor.js'
import { EndpointBuffer, type EndpointHistory, NO_HISTORY } from '../actor/endpoint-buffer.js'
import { type FlapParts, Flaps } from '../actor/flaps.js'
import type { ActorPorts, BatchLimits } from '../actor/ports.js'
import type { Received } from '../actor/received.js'
import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { SlabWord } from '../arena/layout.js'
import { maxPayloadBytes } from '../config/lambda-limits.js'
import type { EndpointConfig } from '../config/model.js'
import type { PlacedApp } from './messages.js'

interface Placed {
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
  /** null: leaves are told at once. */
  readonly flaps: FlapParts | null
}

/** The apps of a shard and their actors, by the index that records carry. */
export class Apps {
  private readonly byIndex: (Placed | undefined)[] = []

  constructor(private readonly parts: ActorParts) {}

  get(index: number): AppActor | undefined {
    return this.byIndex[index]?.actor
  }

  placed(index: number): PlacedApp | undefined {
    return this.byIndex[index]?.app
  }

  buffersOf(index: number): readonly EndpointBuffer[] {
    return this.byIndex[index]?.buffers ?? []
  }

  actors(): AppActor[] {
    return this.byIndex.flatMap((placed) => (placed === undefined ? [] : [placed.actor]))
  }

  /**
   * Makes or changes an app; what its endpoints had begun stays with them.
   * @returns `stalled` when an endpoint cannot go yet: the same call must come again
   */
  place(app: PlacedApp, history: ReadonlyMap<number, EndpointHistory>, nowMs: number): Received {
    const known = this.byIndex[app.index]
    const buffers: EndpointBuffer[] = []
    for (const { number, config, active } of app.endpoints) {
      if (!active) continue
      const buffer = known?.buffers.find((candidate) => candidate.number === number)
      buffer?.configure(config)
      buffers.push(buffer ?? this.buffer(app.index, number, config, history.get(number) ?? NO_HISTORY))
    }
    if (known === undefined) {
      const flaps = this.parts.flaps === null ? null : new Flaps(app.index, this.parts.flaps)
      this.byIndex[app.index] = { app, buffers, flaps, actor: new AppActor(app.index, buffers, flaps) }
      return 'done'
    }
    if (known.actor.receive({ kind: 'configure', buffers }, nowMs) === 'stalled') return 'stalled'
    known.app = app
    known.buffers = buffers
    return 'done'
  }

  /** Takes the held events that a former thread left, those of an app the oldest first. */
  recoverHeld(slabs: readonly SlabId[], nowMs: number): void {
    const { batches } = this.parts
    for (const [index, slabsOfApp] of groupBy(slabs, (slab) => batches.slabs.word(slab, SlabWord.App))) {
      const flaps = this.byIndex[index]?.flaps
      if (flaps != null) flaps.recover(slabsOfApp, nowMs)
      else for (const slab of slabsOfApp) batches.allocator.release(slab)
    }
  }

  remove(index: number): void {
    this.byIndex[index] = undefined
  }

  /** A new actor for an app whose actor threw; what it had begun is in the arena and in its buffers. */
  restart(index: number): AppActor | undefined {
    const placed = this.byIndex[index]
    if (placed === undefined) return undefined
    placed.actor = new AppActor(index, placed.buffers, placed.flaps)
    return placed.actor
  }

  private buffer(app: number, number: number, config: EndpointConfig, history: EndpointHistory): EndpointBuffer {
    const { batches, ports, limits, maxBytes } = this.parts
    return new EndpointBuffer(app, number, config, bodyLimit(config, maxBytes), limits, batches, ports, history)
  }
}

function bodyLimit(config: EndpointConfig, maxBytes: number): number {
  return config.target.kind === 'lambda' ? Math.min(maxBytes, maxPayloadBytes(config.target.invocationType)) : maxBytes
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
