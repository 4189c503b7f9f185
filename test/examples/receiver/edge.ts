import { createReceiver, fetchHandler } from 'signpost/receiver'

const receiver = createReceiver({ pusher: [{ key: 'app-key', secret: 'app-secret' }] })

export const online = new Set<string>()

/** What most edge runtimes call for each request. */
export default {
  fetch: fetchHandler(receiver, ({ events }) => {
    for (const event of events) {
      if (event.name === 'member_added') online.add(event.user_id)
      if (event.name === 'member_removed') online.delete(event.user_id)
    }
  }),
}
