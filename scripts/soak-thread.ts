/**
 * Loaded into a soak's worker threads with `--import`: they say what their heaps hold when they are asked, and step their wall clocks
 * with the host's.
 */
import { BroadcastChannel, isMainThread } from 'node:worker_threads'

const CHANNEL = 'signpost-soak'
/** A thread that is busy or about to die does not answer: it is left out of the sum. */
const ANSWERS_WITHIN_MS = 500

interface Answer {
  readonly heapUsed: number
  readonly external: number
}

/** What worker threads have to be started with to answer. */
export const observedThreads = { execArgv: ['--import', import.meta.url] } as const

let aheadMs = 0
const { now } = Date
Date.now = () => now() + aheadMs

/** Sets the wall clock so far from the true time, in this thread and in all worker threads. */
export class SteppedClock {
  private readonly channel = new BroadcastChannel(CHANNEL)

  set(ms: number): void {
    aheadMs = ms
    this.channel.postMessage({ aheadMs })
  }

  close(): void {
    this.set(0)
    this.channel.close()
  }
}

/** Sums of all worker threads that answer, in bytes. */
export interface ThreadHeaps extends Answer {
  readonly threads: number
}

/** Asks the worker threads; close it. */
export class ThreadObserver {
  private readonly channel = new BroadcastChannel(CHANNEL)

  async heaps(): Promise<ThreadHeaps> {
    const answers: Answer[] = []
    this.channel.onmessage = (message: unknown) => answers.push((message as { readonly data: Answer }).data)
    this.channel.postMessage('heaps')
    await new Promise((resolve) => setTimeout(resolve, ANSWERS_WITHIN_MS))
    const sum = (name: keyof Answer) => answers.reduce((total, answer) => total + answer[name], 0)
    return { threads: answers.length, heapUsed: sum('heapUsed'), external: sum('external') }
  }

  close(): void {
    this.channel.close()
  }
}

if (!isMainThread) {
  const channel = new BroadcastChannel(CHANNEL)
  channel.unref()
  channel.onmessage = (message: unknown) => {
    const { data } = message as { readonly data: string | { readonly aheadMs?: number } }
    // Other threads' answers come here too.
    if (typeof data !== 'string' && data.aheadMs !== undefined) aheadMs = data.aheadMs
    if (data !== 'heaps') return
    globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    channel.postMessage({ heapUsed, external } satisfies Answer)
  }
}
