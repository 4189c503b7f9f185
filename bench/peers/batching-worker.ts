import { parentPort, workerData } from 'node:worker_threads'
import type { ContenderOptions } from '../contender.js'
import { Batcher } from './batcher.js'
import type { EventMessage, WorkerMessage } from './event-message.js'

const batcher = new Batcher(workerData as ContenderOptions)

parentPort?.on('message', async (message: WorkerMessage) => {
  if (message === 'settle') {
    await batcher.settle()
    parentPort?.postMessage('settled')
  } else if (message === 'close') {
    await batcher.close()
    process.exit()
  } else if (isArray(message)) {
    for (const event of message) add(event)
  } else {
    add(message)
  }
})

function add({ app, channel, userId, timeMs }: EventMessage): void {
  batcher.add(app, channel, userId, timeMs)
}

function isArray(message: EventMessage | readonly EventMessage[]): message is readonly EventMessage[] {
  return Array.isArray(message)
}
