import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Contender, ContenderOptions } from '../contender.js'
import type { EventMessage } from './event-message.js'

/** A message an event to a worker that batches, signs and sends. */
export function postMessage(options: ContenderOptions): Contender {
  const worker = new Worker(new URL('./post-message-worker.js', import.meta.url), { workerData: options })
  return {
    name: 'postMessage an event to a worker',
    emit: (app, channel, userId) => {
      worker.postMessage({ app, channel, userId, timeMs: Date.now() } satisfies EventMessage)
      return true
    },
    settle: async () => {
      const settled = once(worker, 'message')
      worker.postMessage('settle')
      await settled
    },
    close: async () => {
      const exited = once(worker, 'exit')
      worker.postMessage('close')
      await exited
    },
  }
}
