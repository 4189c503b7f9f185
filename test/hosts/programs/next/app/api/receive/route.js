import { createReceiver, fetchHandler } from 'signpost/receiver'

export const runtime = 'edge'

const receiver = createReceiver({ pusher: [{ key: 'key', secret: 'secret' }] })

export const POST = fetchHandler(receiver, ({ events }) => {
  console.log(`delivered ${events.map(({ name }) => name).join()}`)
})
