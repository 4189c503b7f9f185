import type { Contender, ContenderOptions } from '../contender.js'
import { Batcher } from './batcher.js'

/** Batching, signing and undici on the host's own thread. */
export function mainThread(options: ContenderOptions): Contender {
  const batcher = new Batcher(options)
  return {
    emit: (app, channel, userId) => {
      batcher.add(app, channel, userId, Date.now())
      return true
    },
    settle: () => batcher.settle(),
    close: () => batcher.close(),
  }
}
