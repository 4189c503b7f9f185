import { createDispatcher } from 'signpost'

export const dynamic = 'force-dynamic'

/** Delivers an event to the URL that the query names. */
export async function POST(request) {
  const webhook = { url: new URL(request.url).searchParams.get('to'), event_types: ['channel_occupied'] }
  try {
    const dispatcher = await createDispatcher({
      apps: [{ id: 'app', key: 'key', secret: 'secret', webhooks: [webhook] }],
      dispatcher: { shards: 1 },
    })
    dispatcher.app('app').channelOccupied('room')
    return Response.json(await dispatcher.close({ timeout: 60_000 }))
  } catch (error) {
    return new Response(`${error.code}: ${error.message}`, { status: 500 })
  }
}
