/** Loaded into worker threads with `--import`: dies on command, in one of the ways a thread can die. */
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads'

const CHANNEL = 'signpost-fault-injection'

export const FAULTS = ['throw', 'exit', 'exhaust-heap'] as const
/** A fault that no error tells of: only a watchdog notices it. */
export type ThreadFault = (typeof FAULTS)[number] | 'hang'

/** Messages at which an actor can be made to throw; its thread lives on. */
export type ActorFault = 'deadline' | 'release' | 'settled' | 'flush' | 'event' | 'configure'

interface Command {
  readonly threadId: number
  readonly fault: ThreadFault | ActorMutiny
}

/** The actors of this app index throw at the next so many messages of this kind. */
interface ActorMutiny {
  readonly kind: ActorFault
  readonly app: number
  readonly times: number
}

/** What a thread answers when its actors are ready to throw. */
interface Ready {
  readonly readyThreadId: number
}

const faults: Readonly<Record<ThreadFault, () => void>> = {
  // From a timer, because an exception in a port's listener is that port's own affair.
  throw: () => {
    setImmediate(() => {
      throw new Error('an injected fault')
    })
  },
  exit: () => process.exit(3),
  hang: () => {
    for (;;);
  },
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

  /** Makes the actors of an app throw. Resolves when the thread is prepared. */
  async mutiny(mutiny: ActorMutiny, thread: number): Promise<void> {
    const ready = new Promise<void>((resolve) => {
      this.channel.onmessage = (message: unknown) => {
        if ((message as { readonly data: Ready }).data.readyThreadId === thread) resolve()
      }
    })
    this.channel.postMessage({ threadId: thread, fault: mutiny } satisfies Command)
    await ready
  }

  close(): void {
    this.channel.close()
  }
}

async function prepare({ kind, app, times }: ActorMutiny): Promise<void> {
  const { AppActor } = await import('../../src/actor/app-actor.js')
  const { receive } = AppActor.prototype
  let left = times
  AppActor.prototype.receive = function (message, nowMs) {
    if (this.app !== app || message.kind !== kind || left === 0) return receive.call(this, message, nowMs)
    left -= 1
    throw new Error(`a ${kind} failed`)
  }
}

if (!isMainThread) {
  const channel = new BroadcastChannel(CHANNEL)
  channel.unref()
  channel.onmessage = (message: unknown) => {
    const { data } = message as { readonly data: Command }
    if (data.threadId !== threadId) return
    if (typeof data.fault === 'string') faults[data.fault]()
    else void prepare(data.fault).then(() => channel.postMessage({ readyThreadId: threadId } satisfies Ready))
  }
}
