import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { Contender, ContenderOptions } from '../contender.js'
import { InFlight } from './in-flight.js'

/** Tasks that may wait at once: past it the worker is so far behind that more only costs memory. */
const MOST_IN_FLIGHT = 20_000

/** A piscina task an event, on one worker that batches, signs and sends. */
export function piscina(options: ContenderOptions): Contender {
  const pool = new Piscina({
    filename: fileURLToPath(new URL('./piscina-worker.js', import.meta.url)),
    workerData: options,
    minThreads: 1,
    maxThreads: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    atomics: 'disabled',
  })
  const tasks = new InFlight(MOST_IN_FLIGHT)
  return {
    emit: (app, channel, userId) => {
      if (tasks.isFull) return false
      tasks.track(pool.run({ app, channel, userId, timeMs: Date.now() }))
      return true
    },
    settle: async () => {
      await tasks.settled()
      await pool.run('settle')
    },
    close: async () => {
      await pool.run('close')
      await pool.destroy()
    },
  }
}
