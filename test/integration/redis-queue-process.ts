import { type ConfigInput, createDispatcher } from '../../src/index.js'
import { appWith } from '../support/dispatcher.js'

/**
 * A dispatcher of its own: `node redis-queue-process.js REDIS_PORT URL EVENTS [close]`. Emits the events, says `persisted` when they are
 * stored, and closes if it is told to; else it goes on until it is killed.
 */
const [port = '', url = '', events = '', end = ''] = process.argv.slice(2)

const config: ConfigInput = {
  queue: { driver: 'redis', redis: { concurrency: 5, prefix: 'sockudo_queue:' } },
  dispatcher: { shards: 1 },
  webhooks: { batching: { enabled: true, duration: 5, size: 10 } },
  apps: [appWith([{ url }])],
}

const dispatcher = await createDispatcher(config, { environment: { DATABASE_REDIS_PORT: port } })
for (let number = 0; number < Number(events); number++) {
  const isAccepted = dispatcher.emit('app', { name: 'channel_occupied', channel: `channel-${process.pid}-${number}` })
  if (!isAccepted) throw new Error(`event ${number} was refused`)
}
await dispatcher.persisted()
process.stdout.write('persisted\n')
if (end === 'close') await dispatcher.close({ timeout: 100 })
