import { threadId } from 'node:worker_threads'
import { expose } from 'comlink'
import { Intake } from '../gather/intake.js'
import { Loop } from '../gather/loop.js'
import { Markers } from '../gather/markers.js'
import { Quarantine } from '../gather/quarantine.js'
import { RingConsumer } from '../ring/consumer.js'
import { Counter } from '../stats/layout.js'
import { Control } from './control.js'
import { Heartbeat } from './heartbeat.js'
import { Inbox } from './inbox.js'
import type { Report, ShardTask } from './messages.js'
import { callChannel } from './protocol.js'
import { Shard } from './shard.js'

/** The one task of a worker thread: runs a shard until it has to stop. @param task null: only loads what a shard needs */
export default async function run(task: ShardTask | null): Promise<void> {
  if (task === null) return
  const { port } = task
  const send = (report: Report): void => port.postMessage(report)
  send([{ kind: 'thread', threadId }])
  const inbox = new Inbox(port, task.partsNeeded)
  const apps = await inbox.needed
  const ring = new RingConsumer(task.ring)
  ring.disarm()
  const wake = (): void => loop.wake()
  const markers = new Markers(ring.memory.control, task.lastMarker, wake)
  const shard = new Shard(task, ring.memory.control, wake)
  const { gather, deliver } = shard
  const quarantine = new Quarantine(gather.actors, ring)
  const intake = new Intake(gather, ring, markers, quarantine)
  const loop = new Loop(gather, deliver.turns, ring, intake, task.settings.durationMs, () => shard.report())
  const heartbeat = new Heartbeat(ring.memory.control, shard.counters)
  /** The connections end with the thread: to destroy thousands of them one by one takes seconds. */
  const stop = (): void => {
    loop.end()
    heartbeat.stop()
    shard.stop()
    shard.report()
  }
  try {
    await new Promise<void>((resolve) => {
      const control = new Control(shard, markers, loop, async () => {
        stop()
        // Behind the answer to this very call.
        setImmediate(resolve)
      })
      const calls = callChannel((answer) => {
        shard.report()
        send({ answer })
      })
      expose(control, calls.endpoint)
      if (task.restarts > 0) quarantine.countDeath()
      control.expect(task.changes)
      const recovery = shard.start(apps)
      inbox.open((signal) => {
        if (signal === null) shard.counters.add(Counter.doorbells, 1)
        else if ('call' in signal) calls.receive(signal.call)
        else if ('storage' in signal) shard.reconnect(signal.storage)
        else gather.apps.expect(signal)
        wake()
      })
      shard.notices.tell({ kind: 'started', recovery })
      shard.report()
      wake()
    })
  } catch (error) {
    // The next thread may begin at any time: this one must not touch the shard's memory again.
    stop()
    await shard.close()
    throw error
  } finally {
    port.close()
    task.queue?.port.close()
  }
}
