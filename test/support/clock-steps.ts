/**
 * Steps of the wall clock, in the test's own thread and, loaded with `--import`, in worker threads: what NTP, a sleep or a virtual
 * machine's resume does. Monotonic clocks go on as they were.
 */
import { BroadcastChannel, isMainThread, threadId, type Worker } from 'node:worker_threads'

const CHANNEL = 'signpost-clock-steps'

let offsetMs = 0
const { now } = Date
Date.now = () => now() + offsetMs

/** What worker threads have to be started with. */
export const steppedThreads = { execArgv: ['--import', import.meta.url] } as const

/** Sets the clocks of this thread and of worker threads; close it. */
export class ClockSteps {
  private readonly channel = new BroadcastChannel(CHANNEL)

  /** Sets the wall clock so far from the true time, in this thread and in `worker`. Resolves when both have it. */
  async set(aheadMs: number, worker: Worker | null | undefined): Promise<void> {
    if (worker == null) throw new Error('the shard has no thread')
    const done = new Promise<void>((resolve) => {
      this.channel.onmessage = (message: unknown) => {
        if ((message as { readonly data: { readonly done?: number } }).data.done === worker.threadId) resolve()
      }
    })
    offsetMs = aheadMs
    this.channel.postMessage({ aheadMs })
    await done
  }

  close(): void {
    offsetMs = 0
    this.channel.close()
  }
}

if (!isMainThread) {
  const channel = new BroadcastChannel(CHANNEL)
  channel.unref()
  channel.onmessage = (message: unknown) => {
    const { aheadMs } = (message as { readonly data: { readonly aheadMs?: number } }).data
    if (aheadMs === undefined) return
    offsetMs = aheadMs
    channel.postMessage({ done: threadId })
  }
}
