import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { InternalOptions } from '../../src/dispatcher/dispatcher.js'
import type { ConfigInput, Dispatcher, WebhookInput } from '../../src/index.js'
import { appWith } from './dispatcher.js'
import { MoodyReceiver } from './moody-receiver.js'

/** A folder for a disk queue, a receiver, and dispatchers that follow each other. */
export interface DurableBench {
  readonly receiver: MoodyReceiver
  readonly path: string
  /** A configuration of one app, `app`, whose webhook `hook` goes to the receiver's path `hook`. */
  config(more?: Partial<ConfigInput>, webhook?: Partial<WebhookInput>): ConfigInput
  /** Starts a dispatcher that is closed at the end of the test, unless it is before. */
  start(config: ConfigInput, options?: InternalOptions): Promise<Dispatcher>
}

/** Runs a test with a folder and a receiver, and closes what it has started. */
export async function withDurable(run: (bench: DurableBench) => Promise<void>): Promise<void> {
  const folder = temporaryFolder()
  const started: Dispatcher[] = []
  await using receiver = await MoodyReceiver.start()
  const bench: DurableBench = {
    receiver,
    path: folder.path,
    config: (more = {}, webhook = {}) => ({
      dispatcher: { shards: 1 },
      apps: [appWith([{ url: receiver.url('hook'), id: 'hook', concurrency: 1, ...webhook }])],
      webhooks: {
        batching: { enabled: false },
        circuit_breaker: { enabled: false },
        retry: { initial_backoff_ms: 10, max_backoff_ms: 50 },
      },
      // Small segments: a start writes a few of them.
      queue: { driver: 'disk', disk: { path: folder.path, max_bytes: 32 * 1024 * 1024 } },
      ...more,
    }),
    start: async (config, options = {}) => {
      const dispatcher = await startDispatcher(config, options)
      started.push(dispatcher)
      return dispatcher
    },
  }
  try {
    await run(bench)
  } finally {
    for (const dispatcher of started) await dispatcher.close({ timeout: 0 })
    folder.remove()
  }
}

/** Emits events on the channels `room-<from>` to before `room-<to>`. */
export function emitRooms(dispatcher: Dispatcher, from: number, to: number): void {
  for (let index = from; index < to; index++) dispatcher.app('app').channelOccupied(`room-${index}`)
}

export function rooms(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, index) => `room-${from + index}`)
}
