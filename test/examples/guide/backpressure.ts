import type { AppHandle, Dispatcher, EmitEvent, Stats } from 'signpost'

/** Refusals that pass when there is room again. */
function refusalsForRoom(stats: Stats): number {
  return stats.refused_ring_full + stats.refused_arena_full + stats.refused_endpoint_full + stats.refused_app_full
}

/** Emits events one after the other, and waits for room where it must. */
export class PatientEmitter {
  readonly #dispatcher: Dispatcher
  #refusals: number

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher
    this.#refusals = refusalsForRoom(dispatcher.stats())
  }

  /** Resolves to false when the event was refused for another reason. */
  async emit(app: AppHandle, event: EmitEvent): Promise<boolean> {
    while (!app.emit(event)) {
      const before = this.#refusals
      // Only now: adding up the figures of all shards takes far longer than emitting an event.
      this.#refusals = refusalsForRoom(this.#dispatcher.stats())
      if (this.#refusals === before) return false
      await new Promise<void>((resolve) => this.#dispatcher.once('drain', resolve))
    }
    return true
  }
}
