/**
 * The counters that threads share. A block is an array of doubles, one block a thread: each is written by its own thread
 * alone with plain stores and read by the main thread whenever it likes. An aligned double is loaded and stored whole on
 * every platform that Node runs on, and a reader that sees a value one event old is as right as one that asked earlier.
 *
 * A new counter is one line here; it then shows in `stats()` and in Prometheus by itself.
 */

export interface Metric {
  readonly name: string
  readonly kind: 'counter' | 'gauge'
  readonly help: string
  /** How the figure of all shards is made of those of each; default: their sum. */
  readonly over?: 'sum' | 'max'
}

/** Written by the main thread, one block a shard. */
export const HOST_METRICS = [
  { name: 'accepted', kind: 'counter', help: 'Events that emit took' },
  { name: 'uninterested', kind: 'counter', help: 'Events that no webhook of their app subscribes to' },
  { name: 'refused_ring_full', kind: 'counter', help: 'Events refused because the ring was full' },
  { name: 'refused_arena_full', kind: 'counter', help: 'Events refused because the arena was full' },
  {
    name: 'refused_endpoint_full',
    kind: 'counter',
    help: 'Events refused because their endpoints had used up their share',
  },
  {
    name: 'refused_app_full',
    kind: 'counter',
    help: 'Events refused because earlier ones of their app waited for room in the arena',
  },
  { name: 'refused_too_large', kind: 'counter', help: 'Events refused because of their size' },
  { name: 'refused_unknown_app', kind: 'counter', help: 'Events refused because their app is not configured' },
  {
    name: 'refused_app_loading',
    kind: 'counter',
    help: 'Events refused because their app is being looked up in the database, or the apps are still being read',
  },
  { name: 'refused_disabled', kind: 'counter', help: 'Events refused because webhooks or the app are disabled' },
  { name: 'refused_closed', kind: 'counter', help: 'Events refused because the dispatcher is closed' },
  { name: 'refused_shard_down', kind: 'counter', help: 'Events refused because their shard restarts too often' },
  { name: 'refused_queue_down', kind: 'counter', help: 'Events refused because the store was down' },
  { name: 'refused_invalid', kind: 'counter', help: 'Events refused because they cannot be encoded' },
  { name: 'invalid_apps', kind: 'counter', help: 'Times that the record of an app could not be read' },
  { name: 'shard_restarts', kind: 'counter', help: 'Times that the shard got another thread after one had died' },
] as const satisfies readonly Metric[]

/** Written by a shard. */
export const SHARD_METRICS = [
  { name: 'consumed', kind: 'counter', help: 'Events read from the ring' },
  { name: 'delivered', kind: 'counter', help: 'Events acknowledged by their receiver' },
  { name: 'delivered_requests', kind: 'counter', help: 'Requests acknowledged by their receiver' },
  { name: 'delivered_bytes', kind: 'counter', help: 'Bytes of the bodies that were acknowledged' },
  { name: 'attempts', kind: 'counter', help: 'Requests made' },
  { name: 'retries', kind: 'counter', help: 'Attempts that failed and were scheduled again' },
  {
    name: 'internal_failures',
    kind: 'counter',
    help: 'Attempts that failed by an error of their own, not of the receiver',
  },
  { name: 'failed', kind: 'counter', help: 'Events given up' },
  { name: 'dead_lettered', kind: 'counter', help: 'Events that became dead letters' },
  { name: 'dead_letters_evicted', kind: 'counter', help: 'Events of dead letters that made room for others' },
  { name: 'dropped_oldest', kind: 'counter', help: 'Events dropped by dispatcher.on_full = drop-oldest' },
  { name: 'suppressed_flaps', kind: 'counter', help: 'Events left out because of a leave and return' },
  { name: 'flaps_not_held', kind: 'counter', help: 'Leaves emitted at once because there was no room to hold them' },
  { name: 'quarantined', kind: 'counter', help: 'Records that failed their actor three times' },
  { name: 'actor_restarts', kind: 'counter', help: 'Actors that threw and were started again' },
  { name: 'doorbells', kind: 'counter', help: 'Times that the main thread woke the shard' },
  { name: 'in_flight', kind: 'gauge', help: 'Requests in flight' },
  { name: 'pending_batches', kind: 'gauge', help: 'Sealed batches that are neither delivered nor given up' },
  { name: 'dead_letters', kind: 'gauge', help: 'Batches kept as dead letters' },
  { name: 'dead_letter_bytes', kind: 'gauge', help: 'Arena bytes held by dead letters' },
  { name: 'held_events', kind: 'gauge', help: 'Leaves held back for a return' },
  {
    name: 'set_aside_events',
    kind: 'gauge',
    help: 'Events that wait for room in the arena, apart from those of other apps',
  },
  { name: 'arena_used_bytes', kind: 'gauge', help: 'Arena bytes in use' },
  { name: 'arena_total_bytes', kind: 'gauge', help: 'Arena bytes' },
  { name: 'open_circuits', kind: 'gauge', help: 'Endpoints whose circuit is open' },
  { name: 'quarantined_slabs', kind: 'gauge', help: 'Batches set aside because they are inconsistent' },
  { name: 'loop_lag_ms', kind: 'gauge', help: 'How late the event loop of the thread is', over: 'max' },
  { name: 'active_apps', kind: 'gauge', help: 'Apps that have emitted lately; the others are at rest' },
] as const satisfies readonly Metric[]

/** Written by the storage thread, one block a dispatcher. */
export const STORAGE_METRICS = [
  { name: 'stored_jobs', kind: 'gauge', help: 'Batches in the store that are neither delivered nor dead letters' },
  { name: 'stored_bytes', kind: 'gauge', help: 'Bytes of their bodies' },
  { name: 'parked_jobs', kind: 'gauge', help: 'Batches in the store alone, not in memory' },
  { name: 'stored_dead_letters', kind: 'gauge', help: 'Dead letters in the store' },
  { name: 'stored_dead_letter_bytes', kind: 'gauge', help: 'Bytes of their bodies' },
  {
    name: 'stored_dead_letters_evicted',
    kind: 'counter',
    help: 'Dead letters that left the store to make room, or because of their age',
  },
  { name: 'store_medium_bytes', kind: 'gauge', help: 'Bytes that the store takes on its medium' },
  { name: 'store_lag_ms', kind: 'gauge', help: 'How long what is handed over waits to be stored' },
  { name: 'store_commit_ms', kind: 'gauge', help: 'How long the last commit took' },
  { name: 'store_failures', kind: 'counter', help: 'Commits that failed' },
  { name: 'skipped_records', kind: 'counter', help: 'Records of the store that could not be read' },
  { name: 'unnamed_jobs', kind: 'counter', help: 'Batches that were not stored because their endpoint was not known' },
  { name: 'recovered_jobs', kind: 'counter', help: 'Batches that the start found in the store' },
] as const satisfies readonly Metric[]

export type HostMetric = (typeof HOST_METRICS)[number]['name']
export type ShardMetric = (typeof SHARD_METRICS)[number]['name']
export type StorageMetric = (typeof STORAGE_METRICS)[number]['name']

/** Upper bounds of the buckets of the time from emit to acknowledgement, in ms; one more bucket takes the rest. */
export const LATENCY_BOUNDS_MS = [
  1, 2, 3, 5, 7.5, 10, 15, 20, 30, 40, 50, 60, 75, 100, 150, 200, 300, 500, 750, 1000, 2500, 5000, 10_000, 30_000,
  60_000, 300_000,
] as const

/** Size classes of an arena that can be reported. */
export const MAX_SIZE_CLASSES = 8

export interface BlockLayout<Name extends string> {
  readonly metrics: readonly (Metric & { readonly name: Name })[]
  /** Index of each counter. */
  readonly at: Readonly<Record<Name, number>>
}

function layout<Name extends string>(metrics: readonly (Metric & { readonly name: Name })[]): BlockLayout<Name> {
  const at = Object.fromEntries(metrics.map(({ name }, index) => [name, index])) as Record<Name, number>
  return { metrics, at }
}

export const HOST_LAYOUT: BlockLayout<HostMetric> = layout<HostMetric>(HOST_METRICS)
export const SHARD_LAYOUT: BlockLayout<ShardMetric> = layout<ShardMetric>(SHARD_METRICS)
export const STORAGE_LAYOUT: BlockLayout<StorageMetric> = layout<StorageMetric>(STORAGE_METRICS)

/**
 * Where the counters are, by name. Numbers and not names are handed around: a look-up by a name that varies costs more than
 * the counting.
 */
export const HostCounter: Readonly<Record<HostMetric, number>> = HOST_LAYOUT.at
/** As `HostCounter`, of a shard. */
export const Counter: Readonly<Record<ShardMetric, number>> = SHARD_LAYOUT.at

/** Behind a shard's counters: the latency buckets with the sum, then used and free slabs of each size class. */
export const LATENCY_AT = SHARD_METRICS.length
export const LATENCY_SUM_AT = LATENCY_AT + LATENCY_BOUNDS_MS.length + 1
export const SIZE_CLASSES_AT = LATENCY_SUM_AT + 1
const SHARD_DOUBLES = SIZE_CLASSES_AT + MAX_SIZE_CLASSES * 3

export function createHostBlock(): Float64Array {
  return new Float64Array(HOST_METRICS.length)
}

export function createStorageBlock(): SharedArrayBuffer {
  return new SharedArrayBuffer(STORAGE_METRICS.length * Float64Array.BYTES_PER_ELEMENT)
}

export function createShardBlock(): SharedArrayBuffer {
  return new SharedArrayBuffer(SHARD_DOUBLES * Float64Array.BYTES_PER_ELEMENT)
}
