/**
 * A dispatcher with a durable queue whose shard thread and storage thread die again and again, in a process that dies too. Its argument is
 * `SoakDurableSettings` as JSON.
 */
import { startDispatcher } from '../src/dispatcher/create-dispatcher.js'
import { runKillable } from './killable-program.js'
import type { SoakQueue } from './soak-queue.js'

export interface SoakDurableSettings {
  readonly receiverUrl: string
  readonly queue: Pick<SoakQueue, 'config' | 'consume'>
  readonly from: number
  readonly apps: number
  /** Of them, so many whose receiver is dead for long: those with the highest numbers. */
  readonly deadApps: number
  /** Events a second. */
  readonly rate: number
  /** 0: the thread is left alone. */
  readonly killShardEveryMs: number
  readonly killStorageEveryMs: number
}

const TICKS_PER_SECOND = 100
const MiB = 2 ** 20
const HOUR_MS = 3_600_000
/** So short that what a killed process had in a server is free soon. */
const LEASE_MS = 2000

const settings = JSON.parse(process.argv[2] ?? '{}') as SoakDurableSettings
const { receiverUrl, queue, from, apps, deadApps, rate, killShardEveryMs, killStorageEveryMs } = settings

const urlOf = (app: number): string => `${receiverUrl}/${app >= apps - deadApps ? 'dead/' : ''}${app}`
const dispatcher = await startDispatcher(
  {
    dispatcher: { shards: 1, arena_bytes: 32 * MiB },
    queue: queue.config,
    webhooks: { retry: { max_attempts: 1000, max_elapsed_time_ms: HOUR_MS, max_backoff_ms: 1000 } },
    apps: Array.from({ length: apps }, (_, app) => ({
      id: `app-${app}`,
      key: `key-${app}`,
      secret: `secret-${app}`,
      webhooks: [{ id: 'own', url: urlOf(app), event_types: ['client_event'], request_timeout_ms: 2000 }],
    })),
  },
  { intensity: { restarts: 100, withinMs: 10_000 }, leaseMs: LEASE_MS, consume: queue.consume },
)
kill(killShardEveryMs, () => dispatcher.threads[0])
kill(killStorageEveryMs, () => dispatcher.storageThread)

await runKillable(dispatcher, {
  from,
  perTick: rate / TICKS_PER_SECOND,
  emit: (_, number) =>
    dispatcher.emit(`app-${number % apps}`, {
      name: 'client_event',
      channel: 'private-soak',
      event: 'client-soak',
      data: String(number),
    }),
})

function kill(everyMs: number, thread: () => { terminate(): Promise<number> } | null | undefined): void {
  if (everyMs > 0) setInterval(() => void thread()?.terminate(), everyMs).unref()
}
