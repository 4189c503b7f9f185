import Fastify from 'fastify'
import { createReceiver, fastifyWebhooks } from 'signpost/receiver'

const receiver = createReceiver({ pusher: [{ key: 'app-key', secret: 'app-secret' }] })

export const online = new Set<string>()

export const app = Fastify()

app.register(
  fastifyWebhooks(
    receiver,
    ({ events }) => {
      for (const event of events) {
        if (event.name === 'member_added') online.add(event.user_id)
        if (event.name === 'member_removed') online.delete(event.user_id)
      }
    },
    { path: '/webhooks' },
  ),
)
