import type { Dispatcher } from 'signpost'

export interface Health {
  /** Worth keeping: a process that is not should be restarted. */
  readonly isAlive: boolean
  /** Able to work now: a process that is not should get no new clients. */
  readonly isReady: boolean
}

/** Watches a dispatcher, for the health checks of your server. */
export function watchHealth(dispatcher: Dispatcher): () => Health {
  const shardsDown = new Set<number>()
  let isQueueDown = false
  dispatcher.on('shard-down', ({ shard }) => shardsDown.add(shard))
  dispatcher.on('shard-restart', ({ shard }) => shardsDown.delete(shard))
  dispatcher.on('queue-down', ({ reason }) => {
    isQueueDown = reason === 'down' // a full queue still takes what is delivered
  })
  dispatcher.on('queue-up', () => {
    isQueueDown = false
  })
  return () => {
    const isAlive = shardsDown.size === 0
    return { isAlive, isReady: isAlive && !isQueueDown && dispatcher.isReady }
  }
}
