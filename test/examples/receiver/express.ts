import express from 'express'
import { createReceiver, expressHandler } from 'signpost/receiver'

const receiver = createReceiver({ pusher: [{ key: 'app-key', secret: 'app-secret' }] })

export const online = new Set<string>()

export const app = express()

app.post(
  '/webhooks',
  expressHandler(receiver, ({ events }) => {
    for (const event of events) {
      if (event.name === 'member_added') online.add(event.user_id)
      if (event.name === 'member_removed') online.delete(event.user_id)
    }
  }),
)

app.use(express.json()) // for the other routes: the webhook's raw bytes have to come before it
