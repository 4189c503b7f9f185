import type { Contender, ContenderOptions } from '../contender.js'
import type { EventMessage } from './event-message.js'
import { WorkerPeer } from './worker-peer.js'

const ARRAY_EVENTS = 256
const LONGEST_WAIT_MS = 10

/** Events gathered on the main thread and posted as arrays to a worker that batches, signs and sends. */
export function postMessageArrays(options: ContenderOptions): Contender {
  const worker = new WorkerPeer(options)
  let gathered: EventMessage[] = []
  let timer: NodeJS.Timeout | null = null
  const post = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (gathered.length > 0) worker.post(gathered)
    gathered = []
  }
  return {
    emit: (app, channel, userId) => {
      gathered.push({ app, channel, userId, timeMs: Date.now() })
      if (gathered.length >= ARRAY_EVENTS) post()
      else timer ??= setTimeout(post, LONGEST_WAIT_MS)
      return true
    },
    settle: () => {
      post()
      return worker.settle()
    },
    close: () => worker.close(),
  }
}
