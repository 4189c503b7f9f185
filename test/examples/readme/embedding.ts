import { createDispatcher } from 'signpost'

const dispatcher = await createDispatcher('config.json') // Sockudo's shape: an object, or a .json or .toml file
const chat = dispatcher.app('my-app') // a handle: cheap, keep it

chat.channelOccupied('presence-room')
chat.memberAdded('presence-room', 'user-1')
const accepted = chat.clientEvent({ channel: 'presence-room', event: 'client-typing', data: { on: true } })
if (!accepted) console.warn('refused; the cause is counted in dispatcher.stats()')

dispatcher.on('dead-letter', ({ app, endpoint, error }) => console.error(app, endpoint, error))

await dispatcher.flush() // everything accepted so far is delivered or a dead letter, and that was emitted
await dispatcher.close()
