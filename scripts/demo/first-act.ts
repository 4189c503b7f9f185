import { createHistogram } from 'node:perf_hooks'
import { createDispatcher } from '../../src/index.js'
import { exampleApps } from './apps.js'
import { Chat } from './chat.js'
import type { ReceiverProcess } from './receiver-process.js'
import { createScreen } from './screen.js'
import type { ActResult } from './summary.js'
import { Tally } from './tally.js'
import { PusherServer } from './websocket-server.js'

const FRAME_MS = process.stdout.isTTY ? 200 : 1000

/** Lets the chat go on for so long, in ms. @returns what became of its events */
export async function firstAct(durationMs: number, receiver: ReceiverProcess): Promise<ActResult> {
  const apps = exampleApps(receiver.url)
  const dispatcher = await createDispatcher({ apps, dispatcher: { shards: 1 } })
  const tally = new Tally()
  const server = new PusherServer(dispatcher, apps, (...event) => tally.count(...event))
  const chat = new Chat(apps, await server.listening())

  // The first delivery of each kind loads its client, that of AWS is large: let the figures be those of a server at work.
  await chat.open()
  await dispatcher.flush()

  const latencyMs = createHistogram()
  dispatcher.on('delivered', (batch) => latencyMs.record(Math.max(1, Math.round(batch.latencyMs))))

  const screen = createScreen(process.stdout, dispatcher.stats().delivered)
  const startedMs = performance.now()
  const draw = (): void => {
    const progress = Math.min((performance.now() - startedMs) / durationMs, 1)
    screen.show({ progress, users: chat.users, emitted: tally.emitted, stats: dispatcher.stats(), latencyMs })
  }
  const frames = setInterval(draw, FRAME_MS)
  await chat.run(durationMs)
  await server.close()
  await dispatcher.flush()
  clearInterval(frames)
  draw()
  screen.done()

  const { delivered, failed, delivered_requests: batches, retries } = dispatcher.stats()
  const { verified, invalid } = await receiver.counts()
  const { emitted, refused, unsubscribed } = tally
  await dispatcher.close()
  return { emitted, delivered, verified, refused, failed, invalid, details: { batches, retries, unsubscribed } }
}
