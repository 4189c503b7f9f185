import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import type { TestReceiver } from '../../src/testing/index.js'
import { appWith, withReceiver } from './dispatcher.js'
import { told } from './told.js'

export interface DownShard {
  /** The app that is on the shard that went down. */
  readonly lost: string
  /** The app that is on the other. */
  readonly kept: string
  /** What the receiver is told before anything is emitted. */
  readonly prepare?: (receiver: TestReceiver) => void
}

/** Two shards with an app each, an event of both settled, and then the first has died once more than is borne. */
export async function withShardDown(
  { lost, kept, prepare = () => undefined }: DownShard,
  run: (dispatcher: WorkerDispatcher, receiver: TestReceiver) => Promise<void>,
): Promise<void> {
  await withReceiver(async (receiver) => {
    const apps = [lost, kept].map((id) => appWith([{ url: receiver.url }], { id }))
    const dispatcher = await startDispatcher(
      { apps, dispatcher: { shards: 2 } },
      { intensity: { restarts: 0, withinMs: 60_000, downMs: 60_000 } },
    )
    try {
      prepare(receiver)
      for (const { id } of apps) dispatcher.app(id).channelOccupied('first')
      await dispatcher.flush()
      const down = told(dispatcher, 'shard-down')
      await dispatcher.threads[0]?.terminate()
      await down
      await run(dispatcher, receiver)
    } finally {
      await dispatcher.close({ timeout: 1000 })
    }
  })
}
