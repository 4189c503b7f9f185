import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Contender, ContenderOptions } from '../contender.js'
import type { WorkerMessage } from './event-message.js'

/** A worker that batches, signs and sends what it is posted. */
export class WorkerPeer implements Pick<Contender, 'settle' | 'close'> {
  private readonly worker: Worker

  constructor(options: ContenderOptions) {
    this.worker = new Worker(new URL('./batching-worker.js', import.meta.url), { workerData: options })
  }

  post(message: WorkerMessage): void {
    this.worker.postMessage(message)
  }

  async settle(): Promise<void> {
    const settled = once(this.worker, 'message')
    this.post('settle')
    await settled
  }

  async close(): Promise<void> {
    const exited = once(this.worker, 'exit')
    this.post('close')
    await exited
  }
}
