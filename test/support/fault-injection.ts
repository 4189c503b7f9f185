/** Loaded into worker threads with `--import`: dies on command, in one of the ways a thread can die. */
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads'

const CHANNEL = 'signpost-fault-injection'

export const FAULTS = ['throw', 'exit', 'exhaust-heap'] as const
export type ThreadFault = (typeof FAULTS)[number]

interface Command {
  readonly threadId: number
  readonly fault: ThreadFault
}

const faults: Readonly<Record<ThreadFault, () => void>> = {
  // From a timer, because an exception in a port's listener is that port's own affair.
  throw: () => {
    setImmediate(() => {
      throw new Error('an injected fault')
    })
  },
  exit: () => process.exit(3),
  'exhaust-heap': () => {
    for (const kept: object[] = []; ; ) kept.push(Array.from({ length: 1000 }, (_, index) => ({ index })))
  },
}

/** What a worker thread has to be started with to obey. */
export const faultyThreads = {
  execArgv: ['--import', import.meta.url],
  resourceLimits: { maxOldGenerationSizeMb: 128 },
} as const

/** Sends faults to threads; close it. */
export class FaultInjector {
  private readonly channel = new BroadcastChannel(CHANNEL)

  inject(fault: ThreadFault, thread: number): void {
    this.channel.postMessage({ threadId: thread, fault } satisfies Command)
  }

  close(): void {
    this.channel.close()
  }
}

if (!isMainThread) {
  const channel = new BroadcastChannel(CHANNEL)
  channel.unref()
  channel.onmessage = (message: unknown) => {
    const { data } = message as { readonly data: Command }
    if (data.threadId === threadId) faults[data.fault]()
  }
}
