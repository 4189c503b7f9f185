// Written by scripts/write-types.mjs from src/stats/layout.ts.

/** What the main thread counts. Counters begin at 0 when the dispatcher is created. */
export interface HostFigures {
  /** Events that emit took. */
  readonly accepted: number
  /** Events that no webhook of their app subscribes to. */
  readonly uninterested: number
  /** Events refused because the ring was full. */
  readonly refused_ring_full: number
  /** Events refused because the arena was full. */
  readonly refused_arena_full: number
  /** Events refused because their endpoints had used up their share. */
  readonly refused_endpoint_full: number
  /** Events refused because earlier ones of their app waited for room in the arena. */
  readonly refused_app_full: number
  /** Events refused because of their size. */
  readonly refused_too_large: number
  /** Events refused because their app is not configured. */
  readonly refused_unknown_app: number
  /** Events refused because their app is being looked up in the database, or the apps are still being read. */
  readonly refused_app_loading: number
  /** Events refused because webhooks or the app are disabled. */
  readonly refused_disabled: number
  /** Events refused because the dispatcher is closed. */
  readonly refused_closed: number
  /** Events refused because their shard restarts too often. */
  readonly refused_shard_down: number
  /** Events refused because the store was down. */
  readonly refused_queue_down: number
  /** Events refused because they cannot be encoded. */
  readonly refused_invalid: number
  /** Times that the record of an app could not be read. */
  readonly invalid_apps: number
  /** Times that the shard got another thread after one had died. */
  readonly shard_restarts: number
}

/** What the threads of the shards count. */
export interface ShardFigures {
  /** Events read from the ring. */
  readonly consumed: number
  /** Events acknowledged by their receiver. */
  readonly delivered: number
  /** Requests acknowledged by their receiver. */
  readonly delivered_requests: number
  /** Bytes of the bodies that were acknowledged. */
  readonly delivered_bytes: number
  /** Requests made. */
  readonly attempts: number
  /** Attempts that failed and were scheduled again. */
  readonly retries: number
  /** Attempts that failed by an error of their own, not of the receiver. */
  readonly internal_failures: number
  /** Events given up. */
  readonly failed: number
  /** Events that became dead letters. */
  readonly dead_lettered: number
  /** Events of dead letters that made room for others. */
  readonly dead_letters_evicted: number
  /** Events dropped by dispatcher.on_full = drop-oldest. */
  readonly dropped_oldest: number
  /** Events left out because of a leave and return. */
  readonly suppressed_flaps: number
  /** Leaves emitted at once because there was no room to hold them. */
  readonly flaps_not_held: number
  /** Records that failed their actor three times. */
  readonly quarantined: number
  /** Actors that threw and were started again. */
  readonly actor_restarts: number
  /** Times that the main thread woke the shard. */
  readonly doorbells: number
  /** Requests in flight, at this moment. */
  readonly in_flight: number
  /** Sealed batches that are neither delivered nor given up, at this moment. */
  readonly pending_batches: number
  /** Batches kept as dead letters, at this moment. */
  readonly dead_letters: number
  /** Arena bytes held by dead letters, at this moment. */
  readonly dead_letter_bytes: number
  /** Leaves held back for a return, at this moment. */
  readonly held_events: number
  /** Events that wait for room in the arena, apart from those of other apps, at this moment. */
  readonly set_aside_events: number
  /** Arena bytes in use, at this moment. */
  readonly arena_used_bytes: number
  /** Arena bytes, at this moment. */
  readonly arena_total_bytes: number
  /** Endpoints whose circuit is open, at this moment. */
  readonly open_circuits: number
  /** Batches set aside because they are inconsistent, at this moment. */
  readonly quarantined_slabs: number
  /** How late the event loop of the thread is, at this moment. */
  readonly loop_lag_ms: number
  /** Apps that have emitted lately; the others are at rest, at this moment. */
  readonly active_apps: number
}

/** What a durable queue counts; all 0 where `queue.driver` is `memory`. */
export interface StorageFigures {
  /** Batches in the store that are neither delivered nor dead letters, at this moment. */
  readonly stored_jobs: number
  /** Bytes of their bodies, at this moment. */
  readonly stored_bytes: number
  /** Batches in the store alone, not in memory, at this moment. */
  readonly parked_jobs: number
  /** Dead letters in the store, at this moment. */
  readonly stored_dead_letters: number
  /** Bytes of their bodies, at this moment. */
  readonly stored_dead_letter_bytes: number
  /** Dead letters that left the store to make room, or because of their age. */
  readonly stored_dead_letters_evicted: number
  /** Bytes that the store takes on its medium, at this moment. */
  readonly store_medium_bytes: number
  /** How long what is handed over waits to be stored, at this moment. */
  readonly store_lag_ms: number
  /** How long the last commit took, at this moment. */
  readonly store_commit_ms: number
  /** Commits that failed. */
  readonly store_failures: number
  /** Records of the store that could not be read. */
  readonly skipped_records: number
  /** Batches that were not stored because their endpoint was not known. */
  readonly unnamed_jobs: number
  /** Batches that the start found in the store. */
  readonly recovered_jobs: number
}
