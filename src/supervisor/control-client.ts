import { type Remote, releaseProxy, wrap } from 'comlink'
import type { CallChannel } from '../shard/protocol.js'
import { Timer } from '../time/timer.js'

interface Pending<Methods> {
  readonly ask: (remote: Remote<Methods>) => void
  readonly reject: (error: Error) => void
}

/**
 * Calls to a thread that outlive it: a call that a thread's death left without an answer is made again to the next
 * thread. Every call of `Methods` may be repeated.
 */
export class ControlClient<Methods> {
  #remote: Remote<Methods> | null = null
  readonly #pending = new Set<Pending<Methods>>()
  /** Why calls are rejected; null: they are made. */
  #failure: Error | null = null
  readonly #timedOut: (timeoutMs: number) => Error

  /** @param timedOut makes the error of a call that got no answer in time */
  constructor(timedOut: (timeoutMs: number) => Error) {
    this.#timedOut = timedOut
  }

  /** Connects to a new thread and repeats what is unanswered. */
  attach(calls: CallChannel): void {
    this.detach()
    this.#failure = null
    this.#remote = wrap<Methods>(calls.endpoint)
    for (const { ask } of [...this.#pending]) ask(this.#remote)
  }

  /** The thread is gone: calls wait for the next. */
  detach(): void {
    this.#remote?.[releaseProxy]()
    this.#remote = null
  }

  /** There is no next thread for now, for this reason: calls, waiting or to come, are rejected with it until `attach`. */
  fail(reason: Error): void {
    this.detach()
    this.#failure = reason
    for (const { reject } of [...this.#pending]) reject(reason)
  }

  /**
   * @param timeoutMs the longest that the answer may take, or Infinity
   * @throws what the shard's method throws, the reason of `fail`, or that no answer came in time
   */
  call<T>(request: (remote: Remote<Methods>) => Promise<T>, timeoutMs: number): Promise<T> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      const leave = (): boolean => {
        timer.clear()
        return this.#pending.delete(pending)
      }
      const fail = (error: unknown): void => {
        if (leave()) reject(error)
      }
      const pending: Pending<Methods> = {
        ask: (remote) => {
          request(remote).then((value) => {
            if (leave()) resolve(value)
          }, fail)
        },
        reject: fail,
      }
      const timer = new Timer(timeoutMs, () => fail(this.#timedOut(timeoutMs)))
      this.#pending.add(pending)
      if (this.#remote !== null) pending.ask(this.#remote)
    })
  }
}
