import { parentPort, workerData } from 'node:worker_threads'
import type { ContenderOptions } from '../contender.js'
import { Batcher } from './batcher.js'
import type { EventMessage } from './event-message.js'

const batcher = new Batcher(workerData as ContenderOptions)

parentPort?.on('message', async (message: EventMessage | 'settle' | 'close') => {
  if (typeof message === 'object') {
    batcher.add(message.app, message.channel, message.userId, message.timeMs)
  } else if (message === 'settle') {
    await batcher.settle()
    parentPort?.postMessage('settled')
  } else {
    await batcher.close()
    process.exit()
  }
})
