/**
 * The second act's server: a dispatcher with the disk queue that emits numbered events, in a process that may be killed at any
 * time. Its argument is `DurableServerSettings` as JSON.
 */
import { createDispatcher } from '../../src/index.js'
import { runKillable } from '../killable-program.js'
import { exampleApps } from './apps.js'
import { emitNumbered } from './numbered-load.js'

export interface DurableServerSettings {
  readonly receiverUrl: string
  /** The folder of the queue. */
  readonly path: string
  /** The number of its first event. */
  readonly from: number
}

const PER_TICK = 20

const { receiverUrl, path, from } = JSON.parse(process.argv[2] ?? '{}') as DurableServerSettings
const dispatcher = await createDispatcher({
  apps: exampleApps(receiverUrl),
  dispatcher: { shards: 1 },
  queue: { driver: 'disk', disk: { path } },
})
await runKillable(dispatcher, { from, perTick: PER_TICK, emit: emitNumbered })
