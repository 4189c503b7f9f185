import { createServer } from 'node:http'
import { createReceiver, nodeHandler } from 'signpost/receiver'

const receiver = createReceiver({ pusher: [{ key: 'app-key', secret: 'app-secret' }] })
const handler = nodeHandler(receiver, ({ events }) => {
  for (const event of events) console.log(event.name, event)
})
createServer(handler).listen(Number(process.env.PORT ?? 3000))
