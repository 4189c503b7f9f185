import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createDispatcher } from '../../src/index.js'
import { exampleApps, webhooksFor } from './apps.js'
import { ChatUser } from './clients.js'
import { ReceiverProcess } from './receiver-process.js'
import { createScreen } from './screen.js'
import { PusherServer } from './websocket-server.js'

const USERS_PER_APP = 12
const ROOMS = 4
const STEP_MS = 20
const FRAME_MS = 250

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '9' } },
})
const durationMs = Number(values.seconds) * 1000

const receiver = await ReceiverProcess.start(exampleApps(''))
const apps = exampleApps(receiver.url)
const dispatcher = await createDispatcher({ apps, dispatcher: { shards: 1 } })

let emitted = 0
let refused = 0
const server = new PusherServer(dispatcher, apps, (app, event, channel, accepted) => {
  if (accepted) emitted += webhooksFor(app, event, channel)
  else refused += 1
})
const port = await server.listening()
const users = apps.flatMap((app) =>
  Array.from({ length: USERS_PER_APP }, (_, index) => new ChatUser(app, port, `user-${index}`)),
)
const screen = createScreen(process.stdout)
const startedMs = performance.now()
const frames = setInterval(() => draw(), process.stdout.isTTY ? FRAME_MS : 1000)
let drawn = { atMs: startedMs, delivered: 0 }

await Promise.all(users.map((user, index) => live(user, index)))
for (const user of users) user.disconnect()
await server.close()
await dispatcher.flush()
clearInterval(frames)
draw()
screen.done()

const { delivered, failed } = dispatcher.stats()
const { verified, invalid, requests } = await receiver.counts()
const lost = emitted - verified
await dispatcher.close()
await receiver.stop()

const summary = { emitted, delivered, verified, lost, refused, failed, invalid, requests }
if (values.json) console.log(JSON.stringify(summary))
else console.log(`${emitted} emitted, ${delivered} delivered, ${verified} verified, ${lost} lost`)
process.exitCode = lost === 0 && invalid === 0 && refused === 0 && delivered === verified ? 0 : 1

/** Joins rooms, talks, leaves and comes again until the time is up. */
async function live(user: ChatUser, index: number): Promise<void> {
  for (let round = 0; performance.now() - startedMs < durationMs; round++) {
    const room = (index + round) % ROOMS
    await user.join(`presence-chat-${room}`)
    await user.join(`room-${index}-${round}`)
    for (let message = 0; message < 8; message++) {
      user.talk(`message ${message} of round ${round}`)
      await wait(STEP_MS)
    }
    user.leave()
    await wait(STEP_MS)
  }
}

function draw(): void {
  const stats = dispatcher.stats()
  const nowMs = performance.now()
  const seconds = Math.max(nowMs - drawn.atMs, 1) / 1000
  screen.show({
    progress: Math.min((nowMs - startedMs) / durationMs, 1),
    connections: users.length,
    emitted,
    delivered: stats.delivered,
    requests: stats.delivered_requests,
    retries: stats.retries,
    eventsPerSecond: (stats.delivered - drawn.delivered) / seconds,
    p50Ms: stats.latency.p50Ms,
    p99Ms: stats.latency.p99Ms,
  })
  drawn = { atMs: nowMs, delivered: stats.delivered }
}
