import { createDispatcher } from 'signpost'

const dispatcher = await createDispatcher({
  queue: { driver: 'disk', disk: { path: './signpost-queue' } },
  apps: [
    {
      id: 'my-app',
      key: 'key',
      secret: 'secret',
      webhooks: [{ url: process.env.WEBHOOK_URL ?? '', event_types: ['member_added'] }],
    },
  ],
})
const { jobs, events } = dispatcher.recovery
console.log(`recovered ${jobs} batches with ${events} events`)

dispatcher.app('my-app').memberAdded('presence-room', 'user-1')
await dispatcher.persisted() // from here on the event outlives the process
await dispatcher.close()
