import type { MessagePort } from 'node:worker_threads'
import { type Remote, releaseProxy, wrap } from 'comlink'
import type { ShardControl } from '../shard/messages.js'
import { comlinkEndpoint } from '../shard/protocol.js'

interface Pending {
  readonly ask: (remote: Remote<ShardControl>) => void
  readonly reject: (error: Error) => void
}

/**
 * Calls to a shard that outlive its threads: a call that a thread's death left without an answer is made again to the next
 * thread. Every call of `ShardControl` may be repeated.
 */
export class ControlClient {
  private remote: Remote<ShardControl> | null = null
  private port: MessagePort | null = null
  private readonly pending = new Set<Pending>()
  private failure: Error | null = null

  /** Connects to a new thread and repeats what is unanswered. */
  attach(port: MessagePort): void {
    this.detach()
    this.port = port
    this.remote = wrap<ShardControl>(comlinkEndpoint(port))
    for (const { ask } of [...this.pending]) ask(this.remote)
  }

  /** The thread is gone: calls wait for the next. */
  detach(): void {
    this.remote?.[releaseProxy]()
    this.remote = null
    // Its other end is open still when no thread has ever got it.
    this.port?.close()
    this.port = null
  }

  /** There will be no next thread, for this reason: every call, waiting or to come, is rejected with it. */
  fail(reason: Error): void {
    this.detach()
    this.failure = reason
    for (const { reject } of this.pending) reject(reason)
    this.pending.clear()
  }

  /** @throws what the shard's method throws, or the reason of `fail` */
  call<T>(request: (remote: Remote<ShardControl>) => Promise<T>): Promise<T> {
    if (this.failure !== null) return Promise.reject(this.failure)
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        ask: (remote) => {
          request(remote).then(
            (value) => {
              if (this.pending.delete(pending)) resolve(value)
            },
            (error: unknown) => {
              if (this.pending.delete(pending)) reject(error)
            },
          )
        },
        reject,
      }
      this.pending.add(pending)
      if (this.remote !== null) pending.ask(this.remote)
    })
  }
}
