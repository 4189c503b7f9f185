import { createDispatcher } from 'signpost'

const dispatcher = await createDispatcher('config.json')
dispatcher.on('delivered', ({ endpoint, events }) => console.log(`${endpoint} acknowledged ${events} events`))
dispatcher.on('dead-letter', ({ endpoint, error }) => console.error(`${endpoint} failed for good: ${error}`))

const app = dispatcher.app('my-app') // a handle: cheap, keep it
app.channelOccupied('presence-room')
const accepted = app.memberAdded('presence-room', 'user-1') // never waits and never throws
if (!accepted) console.error('refused; dispatcher.stats() counts the reason')

const left = await dispatcher.close({ timeout: 2_000 }) // at the end of your server
for (const { endpoint, events } of left.endpoints) console.error(`${events} events not delivered; is ${endpoint} up?`)
