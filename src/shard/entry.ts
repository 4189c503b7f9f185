import { threadId } from 'node:worker_threads'
import { expose } from 'comlink'
import { RingConsumer } from '../ring/consumer.js'
import { Counter } from '../stats/layout.js'
import { rehearseFailure } from '../transport/rehearsal.js'
import { Control } from './control.js'
import { Loop } from './loop.js'
import { Markers } from './markers.js'
import type { ShardTask, Signal } from './messages.js'
import { comlinkEndpoint } from './protocol.js'
import { Quarantine } from './quarantine.js'
import { Shard } from './shard.js'

// When the thread is made, not when it takes over.
void rehearseFailure()

/** The one task of a worker thread: runs a shard until it is told to stop. */
export default async function run(task: ShardTask): Promise<void> {
  const { signals } = task
  const ring = new RingConsumer(task.ring)
  ring.disarm()
  const wake = (): void => loop.wake()
  const markers = new Markers(ring.memory.control, wake)
  const shard = new Shard(task, ring.memory.control, wake)
  const quarantine = new Quarantine(shard.actors, ring)
  const loop = new Loop(shard, ring, markers, quarantine, task.settings.durationMs)
  if (task.restarts > 0) quarantine.countDeath()

  await new Promise<void>((resolve) => {
    const end = async (): Promise<void> => {
      loop.end()
      await shard.close()
      shard.notices.post()
      setImmediate(resolve)
    }
    expose(new Control(shard, markers, loop, end), comlinkEndpoint(task.control))
    signals.on('message', (signal: Signal) => {
      if (signal === null) shard.counters.add(Counter.doorbells, 1)
      else shard.apps.expect(signal)
      wake()
    })
    const { open, sealed, inFlight, dead } = shard.start()
    const recovery = {
      open: open.length,
      waiting: sealed.length - inFlight,
      inFlight,
      deadLetters: dead.length,
      held: shard.counters.get(Counter.held_events),
    }
    shard.notices.tell({ kind: 'started', threadId, recovery })
    shard.notices.post()
    wake()
  })
  signals.close()
  task.control.close()
}
