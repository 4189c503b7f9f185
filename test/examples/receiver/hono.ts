import { Hono } from 'hono'
import { createReceiver, honoHandler } from 'signpost/receiver'

const receiver = createReceiver({ pusher: [{ key: 'app-key', secret: 'app-secret' }] })

export const online = new Set<string>()

export const app = new Hono()

app.post(
  '/webhooks',
  honoHandler(receiver, ({ events }) => {
    for (const event of events) {
      if (event.name === 'member_added') online.add(event.user_id)
      if (event.name === 'member_removed') online.delete(event.user_id)
    }
  }),
)
