import type { Allocator } from '../arena/allocator.js'
import type { SlabId } from '../arena/arena-memory.js'
import type { OnFull } from '../config/model.js'
import type { Drops } from '../deliver/drops.js'
import type { Endpoint } from '../deliver/endpoint.js'
import { APP_FULL, BOARD_WORDS } from '../ring/layout.js'
import type { Notices } from '../shard/notices.js'
import { blockedTypes, Pressure } from './pressure.js'

export interface BackpressureSettings {
  readonly onFull: OnFull
  /** See `Pressure`. */
  readonly endpointShare: number
  readonly ringBytes: number
}

/** What backpressure needs from the shard around it. */
export interface BackpressureHost {
  /** The endpoints that the app has now. */
  endpointsOf(app: number): readonly Endpoint[]
  /** Whether events of the app are set aside until there is room. */
  isInReserve(app: number): boolean
  /** Frees a batch that nobody gets. */
  letGo(endpoint: Endpoint, slab: SlabId): void
}

/**
 * What happens when an endpoint has used up its share of the arena: the main thread refuses its events (`refuse`), or its
 * oldest batches go (`drop-oldest`). While events of an app are set aside, all its events are refused.
 */
export class Backpressure {
  private readonly pressure: Pressure
  private readonly board: Int32Array

  constructor(
    private readonly settings: BackpressureSettings,
    private readonly host: BackpressureHost,
    private readonly drops: Pick<Drops, 'add'>,
    private readonly notices: Pick<Notices, 'tell'>,
    allocator: Pick<Allocator, 'freeBytes'>,
    /** See `createBoard`. */
    board: SharedArrayBuffer,
  ) {
    this.pressure = new Pressure(settings.endpointShare, settings.ringBytes, () => allocator.freeBytes)
    this.board = new Int32Array(board)
  }

  /** Takes back what a former thread's board says. The main thread learns of it by the notice that the new one has started. */
  resetAll(): void {
    this.board.fill(0)
  }

  /** Whether a batch more is too much even for what was accepted before the endpoint was full. */
  mustGiveUp(endpoint: Endpoint): boolean {
    return this.settings.onFull === 'refuse' && this.pressure.isOverHardLimit(endpoint)
  }

  /** What the endpoint holds has grown or shrunk. */
  holds(endpoint: Endpoint): void {
    if (this.settings.onFull === 'drop-oldest') this.dropOldest(endpoint)
    else if (this.pressure.update(endpoint)) this.show(endpoint.appIndex)
  }

  /** Something of the endpoint's has settled. */
  settled(endpoint: Endpoint): void {
    if (endpoint.isFull && this.pressure.update(endpoint)) this.show(endpoint.appIndex)
  }

  private dropOldest(endpoint: Endpoint): void {
    for (;;) {
      this.pressure.update(endpoint)
      if (!endpoint.isFull) return
      const oldest = endpoint.courier?.takeOldest()
      if (oldest === undefined) return
      this.drops.add(endpoint, oldest)
      this.host.letGo(endpoint, oldest)
    }
  }

  /** The app has other endpoints than before, one of them is full or has room, or events of it are set aside or no longer are. */
  show(app: number): void {
    const types = this.settings.onFull === 'drop-oldest' ? 0 : blockedTypes(this.host.endpointsOf(app))
    const blocked = types | (this.host.isInReserve(app) ? APP_FULL : 0)
    const before = Atomics.exchange(this.board, app % BOARD_WORDS, blocked)
    if ((before & ~blocked) !== 0) this.notices.tell({ kind: 'relief', app })
  }
}
