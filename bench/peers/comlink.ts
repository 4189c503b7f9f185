import { MessageChannel, Worker } from 'node:worker_threads'
import { releaseProxy, wrap } from 'comlink'
import { callChannel } from '../../src/shard/protocol.js'
import type { Contender, ContenderOptions } from '../contender.js'
import type { RemoteBatcher } from './comlink-worker.js'
import { InFlight } from './in-flight.js'

/** Answers that may be due at once: past it the worker is so far behind that more only costs memory. */
const MOST_IN_FLIGHT = 20_000

/** A comlink call per event to a worker that batches, signs and sends. */
export function comlink(options: ContenderOptions): Contender {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(new URL('./comlink-worker.js', import.meta.url), {
    workerData: { options, port: port2 },
    transferList: [port2],
  })
  const channel = callChannel((message, transfer) => port1.postMessage(message, transfer as never))
  port1.on('message', channel.receive)
  const remote = wrap<RemoteBatcher>(channel.endpoint)
  const calls = new InFlight(MOST_IN_FLIGHT)
  return {
    emit: (app, channel, userId) => {
      if (calls.isFull) return false
      calls.track(remote.add(app, channel, userId, Date.now()))
      return true
    },
    settle: async () => {
      await calls.settled()
      await remote.settle()
    },
    close: async () => {
      await remote.close()
      remote[releaseProxy]()
      port1.close()
      await worker.terminate()
    },
  }
}
