import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import { configOf, ENDPOINTS, type Report, type Run } from './consumers-world.js'

/**
 * A dispatcher of its own that adds to a queue, or consumes it: `node consumers-process.js RUN`, which is JSON. It is told by messages what to
 * do, and ends when its parent does.
 */
const run = JSON.parse(process.argv[2] ?? '') as Run
const report = (what: Report): void => void process.send?.(what)

const dispatcher = await startDispatcher(configOf(run), { consume: run.consumes, leaseMs: run.leaseMs })
dispatcher.on('queue-lost', ({ reason, batches }) => report({ kind: 'lost', reason, batches }))
let next = 0
let timer: NodeJS.Timeout | null = null

/** Emits an event per endpoint, and says which are persisted. */
async function emitOne(): Promise<void> {
  const number = next++
  for (let endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
    const channel = `${endpoint}-${number}`
    while (!dispatcher.emit(`app-${endpoint}`, { name: 'channel_occupied', channel })) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  await dispatcher.persisted()
  report({ kind: 'persisted', upTo: number + 1 })
}

async function emitAll(count: number): Promise<void> {
  for (let emitted = 0; emitted < count; emitted++) await emitOne()
  report({ kind: 'emitted' })
}

process.on('message', (order: 'stats' | 'close' | 'flush' | number) => {
  if (typeof order === 'number') void emitAll(order)
  else if (order === 'stats') report({ kind: 'stats', stats: dispatcher.stats() })
  else if (order === 'flush') void dispatcher.flush({ timeout: 5000 }).then((left) => report({ kind: 'flushed', left }))
  else {
    if (timer !== null) clearInterval(timer)
    void dispatcher.close({ timeout: 5000 }).then((left) => {
      report({ kind: 'closed', left })
      process.disconnect()
    })
  }
})
process.on('disconnect', () => process.exit())
timer = setInterval(() => undefined, 60_000)
report({ kind: 'ready' })
