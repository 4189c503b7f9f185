import type { Start } from './contender.js'

/**
 * Every contender by the name that the report gives it. Loaded when it is its turn, so that none of them pays for what another one
 * needs.
 */
const table = {
  Signpost: async () => (await import('./signpost.js')).signpost({}),
  'Signpost, by id': async () => (await import('./signpost.js')).signpost({ isById: true }),
  'Signpost, 2 shards': async () => (await import('./signpost.js')).signpost({ shards: 2 }),
  'Signpost, batching off': async () => (await import('./signpost.js')).signpost({ isBatching: false }),
  'Signpost, disk': async () => (await import('./signpost.js')).signpost({ disk: {} }),
  'Signpost, disk, after_ms 100': async () => (await import('./signpost.js')).signpost({ disk: { afterMs: 100 } }),
  'Signpost, disk, sync process': async () => (await import('./signpost.js')).signpost({ disk: { sync: 'process' } }),
  'Signpost, disk, sync process, after_ms 100': async () =>
    (await import('./signpost.js')).signpost({ disk: { sync: 'process', afterMs: 100 } }),
  'Signpost, disk, batching off': async () => (await import('./signpost.js')).signpost({ isBatching: false, disk: {} }),
  'Signpost, disk, after_ms 100, batching off': async () =>
    (await import('./signpost.js')).signpost({ isBatching: false, disk: { afterMs: 100 } }),
  'Signpost, disk, sync process, batching off': async () =>
    (await import('./signpost.js')).signpost({ isBatching: false, disk: { sync: 'process' } }),
  'Signpost, redis': async () => (await import('./signpost.js')).signpost({ redis: 'here' }),
  'Signpost, redis, consumers': async () => (await import('./signpost.js')).signpost({ redis: 'consumers' }),
  'postMessage per event': async () => (await import('./peers/post-message.js')).postMessage,
  'postMessage of arrays': async () => (await import('./peers/post-message-arrays.js')).postMessageArrays,
  'comlink call per event': async () => (await import('./peers/comlink.js')).comlink,
  'piscina.run per event': async () => (await import('./peers/piscina.js')).piscina,
  'batching on the main thread': async () => (await import('./peers/main-thread.js')).mainThread,
  'undici, a request per event': async () => (await import('./peers/undici.js')).undici,
  'fetch, a request per event': async () => (await import('./peers/fetch.js')).builtInFetch,
  'BullMQ + undici, a job per batch': async () => (await import('./peers/bullmq.js')).bullmqBatches,
  'BullMQ + undici, a job per event': async () => (await import('./peers/bullmq.js')).bullmqEvents,
} satisfies Record<string, () => Promise<Start>>

export type ContenderName = keyof typeof table

export async function contenderNamed(name: ContenderName): Promise<Start> {
  return table[name]()
}

/** Whether the name is Signpost's own, in whatever setting: what a comparison of revisions runs. */
export function isSignpost(name: string): boolean {
  return name.startsWith('Signpost')
}
