import { createServer } from 'node:http'
import { createReceiver, nodeHandler } from 'signpost/receiver'

const receiver = createReceiver({
  pusher: [{ key: 'app-key', secret: 'app-secret' }],
  duplicates: { windowMs: 24 * 60 * 60 * 1000, maxIds: 1_000_000 },
})

export const online = new Set<string>()

export const server = createServer(
  nodeHandler(receiver, ({ events }) => {
    for (const event of events) {
      if (event.name === 'member_added') online.add(event.user_id) // adding twice is the same as adding once
      if (event.name === 'member_removed') online.delete(event.user_id)
    }
  }),
)
