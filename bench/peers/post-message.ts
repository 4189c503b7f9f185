import type { Contender, ContenderOptions } from '../contender.js'
import { WorkerPeer } from './worker-peer.js'

/** A message an event to a worker that batches, signs and sends. */
export function postMessage(options: ContenderOptions): Contender {
  const worker = new WorkerPeer(options)
  return {
    emit: (app, channel, userId) => {
      worker.post({ app, channel, userId, timeMs: Date.now() })
      return true
    },
    settle: () => worker.settle(),
    close: () => worker.close(),
  }
}
