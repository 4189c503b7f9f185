import type { Allocator } from '../arena/allocator.js'
import type { OnFull } from '../config/model.js'
import type { AppIndex } from '../indexes.js'
import { APP_FULL, BOARD_WORDS } from '../ring/layout.js'
import type { Notices } from '../shard/notices.js'
import type { Holder } from './holder.js'
import type { Outlet } from './outlet.js'
import { blockedTypes, Pressure } from './pressure.js'

export interface BackpressureSettings {
  readonly onFull: OnFull
  /** See `Pressure`. */
  readonly endpointShare: number
  readonly ringBytes: number
}

/** What backpressure must know of apps. */
export interface BackpressureHost {
  /** Of the endpoints that the app has now. */
  holdersOf(app: AppIndex): readonly Holder[]
  /** Whether events of the app are set aside until there is room. */
  isInReserve(app: AppIndex): boolean
}

/**
 * What happens when an endpoint has used up its share of the arena: the main thread refuses its events (`refuse`), or its
 * oldest batches go (`drop-oldest`). While events of an app are set aside, all its events are refused.
 */
export class Backpressure {
  readonly #pressure: Pressure
  readonly #board: Int32Array

  readonly #settings: BackpressureSettings
  readonly #host: BackpressureHost
  readonly #outlet: Pick<Outlet, 'dropOldest'>
  readonly #notices: Pick<Notices, 'tell'>

  constructor(
    settings: BackpressureSettings,
    host: BackpressureHost,
    outlet: Pick<Outlet, 'dropOldest'>,
    notices: Pick<Notices, 'tell'>,
    allocator: Pick<Allocator, 'freeBytes'>,
    /** See `createBoard`. */
    board: SharedArrayBuffer,
  ) {
    this.#settings = settings
    this.#host = host
    this.#outlet = outlet
    this.#notices = notices
    this.#pressure = new Pressure(settings.endpointShare, settings.ringBytes, () => allocator.freeBytes)
    this.#board = new Int32Array(board)
  }

  /** Takes back what a former thread's board says. The main thread learns of it by the notice that the new one has started. */
  resetAll(): void {
    this.#board.fill(0)
  }

  /** Whether a batch more is too much even for what was accepted before the endpoint was full. */
  mustGiveUp(holder: Holder): boolean {
    return this.#settings.onFull === 'refuse' && this.#pressure.isOverHardLimit(holder)
  }

  /** What the endpoint holds has grown or shrunk. */
  holds(holder: Holder): void {
    if (this.#settings.onFull === 'drop-oldest') this.#dropOldest(holder)
    else if (this.#pressure.update(holder)) this.show(holder.app)
  }

  /** Something of the endpoint's has settled. */
  settled(holder: Holder): void {
    if (holder.isFull && this.#pressure.update(holder)) this.show(holder.app)
  }

  #dropOldest(holder: Holder): void {
    do this.#pressure.update(holder)
    while (holder.isFull && this.#outlet.dropOldest(holder.number))
  }

  /** The app has other endpoints than before, one of them is full or has room, or events of it are set aside or no longer are. */
  show(app: AppIndex): void {
    const types = this.#settings.onFull === 'drop-oldest' ? 0 : blockedTypes(this.#host.holdersOf(app))
    const blocked = types | (this.#host.isInReserve(app) ? APP_FULL : 0)
    const before = Atomics.exchange(this.#board, app % BOARD_WORDS, blocked)
    if ((before & ~blocked) !== 0) this.#notices.tell({ kind: 'relief', app })
  }
}
