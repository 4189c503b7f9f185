import { createServer } from 'node:http'
import { createReceiver, nodeHandler } from 'signpost/receiver'

/** Figures for your monitoring. */
export const figures = { webhooks: 0, events: 0, oldestEventMs: 0, errors: new Map<string, number>() }

const receiver = createReceiver({
  pusher: [{ key: 'app-key', secret: 'app-secret' }],
  onError: ({ code, message, cause }) => {
    figures.errors.set(code, (figures.errors.get(code) ?? 0) + 1)
    console.error(code, message, cause)
  },
})

export const server = createServer(
  nodeHandler(receiver, ({ events }) => {
    figures.webhooks += 1
    figures.events += events.length
    figures.oldestEventMs = Date.now() - Math.min(...events.map(({ time_ms }) => Number(time_ms)))
  }),
)
