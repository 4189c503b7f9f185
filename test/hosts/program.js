/** Delivers an event to a server of its own, in a form that every bundler can write in every format. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createDispatcher } from 'signpost'

async function main() {
  const events = []
  const server = createServer(async (request, response) => {
    events.push(...JSON.parse(String(Buffer.concat(await request.toArray()))).events)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const webhook = { url: `http://127.0.0.1:${server.address().port}/`, event_types: ['channel_occupied'] }
  try {
    const dispatcher = await createDispatcher({
      apps: [{ id: 'app', key: 'key', secret: 'secret', webhooks: [webhook] }],
      dispatcher: { shards: 1 },
    })
    dispatcher.app('app').channelOccupied('room')
    await dispatcher.close({ timeout: 60_000 })
    console.log(`delivered ${events.map(({ name }) => name).join()}`)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

main().catch((error) => console.log(`${error.code}: ${error.message}`))
