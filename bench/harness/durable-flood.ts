/** A dispatcher with the disk queue under load, in a process that may be killed at any time. Its argument is `DurableFloodSettings` as JSON. */
import { runKillable } from '../../scripts/killable-program.js'
import { createDispatcher } from '../published.js'

export interface DurableFloodSettings {
  readonly receiverUrl: string
  readonly path: string
  readonly from: number
  readonly apps: number
  readonly perSecond: number
  readonly sync: 'power' | 'process'
}

const TICKS_PER_SECOND = 100

const { receiverUrl, path, from, apps, perSecond, sync } = JSON.parse(process.argv[2] ?? '{}') as DurableFloodSettings
const dispatcher = await createDispatcher({
  dispatcher: { shards: 1 },
  queue: { driver: 'disk', disk: { path, sync } },
  apps: Array.from({ length: apps }, (_, index) => ({
    id: `app-${index}`,
    key: 'key',
    secret: 'secret',
    webhooks: [{ id: 'hook', url: `${receiverUrl}/${index}`, event_types: ['client_event'] }],
  })),
})
const handles = Array.from({ length: apps }, (_, index) => dispatcher.app(`app-${index}`))
await runKillable(dispatcher, {
  from,
  perTick: perSecond / TICKS_PER_SECOND,
  emit: (_, number) => {
    const event = { channel: 'private-room', event: 'client-number', data: String(number) }
    return handles[number % apps]?.clientEvent(event) ?? false
  },
})
