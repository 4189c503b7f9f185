import { workerData } from 'piscina'
import type { ContenderOptions } from '../contender.js'
import { Batcher } from './batcher.js'
import type { EventMessage } from './event-message.js'

const batcher = new Batcher(workerData as ContenderOptions)

export default function run(task: EventMessage | 'settle' | 'close'): Promise<void> | undefined {
  if (task === 'settle') return batcher.settle()
  if (task === 'close') return batcher.close()
  batcher.add(task.app, task.channel, task.userId, task.timeMs)
  return undefined
}
