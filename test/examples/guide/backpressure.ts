import type { AppHandle, Dispatcher, EmitEvent, Stats } from 'signpost'

/** Refusals that pass when there is room again. */
function refusalsForRoom(stats: Stats): number {
  return stats.refused_ring_full + stats.refused_arena_full + stats.refused_endpoint_full + stats.refused_app_full
}

/** Emits an event and waits for room where it must. Resolves to false when it was refused for another reason. */
export async function emitWhenThereIsRoom(dispatcher: Dispatcher, app: AppHandle, event: EmitEvent): Promise<boolean> {
  for (;;) {
    const before = refusalsForRoom(dispatcher.stats())
    if (app.emit(event)) return true
    if (refusalsForRoom(dispatcher.stats()) === before) return false
    await new Promise<void>((resolve) => dispatcher.once('drain', resolve))
  }
}
