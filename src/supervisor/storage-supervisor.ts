import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { ClosedError } from '../errors.js'
import { HandOverWord, StoreHealth } from '../hand-over/layout.js'
import { callChannel } from '../shard/protocol.js'
import type { StorageControl, StorageMessage, StorageNotice, StorageReply, StorageTask } from '../storage/messages.js'
import { Timer } from '../time/timer.js'
import { ControlClient } from './control-client.js'
import type { ThreadOptions } from './pool.js'
import { type RestartIntensity, RestartPolicy } from './restart-policy.js'
import { threadFlags } from './thread-flags.js'

export interface StorageHost {
  notice(notice: StorageNotice): void
  /** The thread died, and is started again after `retryInMs`. */
  died(cause: Error, retryInMs: number): void
  /** Connects a shard's thread to another storage thread. */
  connect(shard: number, port: MessagePort): void
}

/**
 * Keeps the storage thread alive. What is handed over lies in the memory that it shares with the shards, and waits for the next thread.
 *
 *     starting → open     its notice that the store is open
 *              → waiting  the store cannot be used, or the thread died; the next one is started after a moment
 *     open     → waiting  the thread died
 *     any      → closing  `close`: a thread that dies now is followed by another, which stores what is left
 *     closing  → closed   what is handed over is stored, or the time for that is over
 */
export class StorageSupervisor {
  readonly control: ControlClient<StorageControl>
  readonly #host: StorageHost
  readonly #filename: string
  readonly #policy: RestartPolicy
  readonly #threads: ThreadOptions
  #task: Omit<StorageTask, 'port'> | null = null
  #worker: Worker | null = null
  #port: MessagePort | null = null
  #wait: Timer | null = null
  /** Whether the store could be opened when it was tried last. */
  #isUsable = false
  #isClosing = false
  #isClosed = false
  /** Ports to shards that wait for a thread. */
  readonly #waiting = new Map<number, MessagePort>()
  readonly #connected = new Set<number>()

  /** @param filename path of what the thread loads */
  constructor(host: StorageHost, filename: string, intensity: RestartIntensity, threads: ThreadOptions) {
    this.#host = host
    this.#filename = filename
    this.#threads = threads
    this.#policy = new RestartPolicy(intensity)
    this.control = new ControlClient(
      (timeoutMs) => new Error(`the storage thread did not answer within ${timeoutMs} ms`),
    )
  }

  /** The thread that runs, or null for none. */
  get thread(): Worker | null {
    return this.#worker
  }

  /** Starts the first thread. */
  start(task: Omit<StorageTask, 'port'>): void {
    this.#task = task
    this.#start(task)
  }

  /** A port for a thread of this shard; the storage thread gets the other end. */
  connect(shard: number): MessagePort {
    const { port1, port2 } = new MessageChannel()
    this.#connected.add(shard)
    this.#attach(shard, port1)
    return port2
  }

  /** Stores what is handed over, closes the store and ends the thread. Waits for at most `graceMs`. */
  async close(graceMs: number): Promise<void> {
    if (this.#isClosing) return
    this.#isClosing = true
    if (this.#worker !== null || this.#isUsable)
      await this.control.call((remote) => remote.close(), graceMs).catch(() => undefined)
    this.#isClosed = true
    this.#wait?.clear()
    const worker = this.#worker
    this.#worker = null
    this.#disconnect()
    await worker?.terminate()
    this.control.fail(new ClosedError())
  }

  #start(task: Omit<StorageTask, 'port'>): void {
    const { port1, port2 } = new MessageChannel()
    const workerData: StorageTask = { ...task, port: port2 }
    const { execArgv, resourceLimits = {} } = this.#threads
    const flags = threadFlags(process.execArgv, execArgv)
    const worker = new Worker(this.#filename, {
      workerData,
      transferList: [port2],
      name: 'signpost-storage',
      resourceLimits,
      ...(flags === undefined ? {} : { execArgv: flags }),
    })
    let cause = new Error('the storage thread ended by itself')
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', () => this.#exited(worker, cause))
    worker.unref()
    port1.unref()
    this.#worker = worker
    this.#port = port1
    const calls = callChannel((call, transfer) => port1.postMessage({ call }, transfer as MessagePort[]))
    port1.on('message', (reply: StorageReply) => {
      if ('answer' in reply) calls.receive(reply.answer)
      else this.#receive(reply.notice)
    })
    this.control.attach(calls)
    for (const [shard, port] of this.#waiting) this.#attach(shard, port)
    this.#waiting.clear()
  }

  #attach(shard: number, port: MessagePort): void {
    if (this.#port === null) {
      this.#waiting.get(shard)?.close()
      this.#waiting.set(shard, port)
      return
    }
    const message: StorageMessage = { attach: shard, port }
    this.#port.postMessage(message, [port])
  }

  #receive(notice: StorageNotice): void {
    if (notice.kind === 'opened') this.#opened(notice.place)
    else if (notice.kind === 'unusable') this.#unusable()
    this.#host.notice(notice)
  }

  /** The next thread must find the jobs that the shards know as stored. */
  #opened(place: number | null): void {
    this.#policy.started(performance.now())
    this.#isUsable = true
    const store = this.#task?.store
    if (this.#task === null || store?.driver !== 'disk' || place === null) return
    this.#task = { ...this.#task, store: { ...store, place } }
  }

  #exited(worker: Worker, cause: Error): void {
    if (worker !== this.#worker || this.#isClosed) return
    this.#worker = null
    this.#disconnect()
    if (this.#isClosing && !this.#isUsable) {
      this.control.fail(new ClosedError())
      return
    }
    const { waitMs } = this.#policy.died(performance.now())
    this.#host.died(cause, waitMs)
    this.#wait = new Timer(waitMs, () => this.#restart())
  }

  #restart(): void {
    if (this.#isClosed || this.#task === null) return
    // A shard's thread that begins meanwhile has a port already.
    const cut = [...this.#connected].filter((shard) => !this.#waiting.has(shard))
    // Shards wait for it.
    this.#start({ ...this.#task, openWithinMs: 0 })
    for (const shard of cut) this.#host.connect(shard, this.connect(shard))
  }

  #disconnect(): void {
    this.#port?.close()
    this.#port = null
    this.control.detach()
  }

  /** Shards must not wait for a store that cannot be opened, nor must a close. The thread that could say so has ended. */
  #unusable(): void {
    this.#isUsable = false
    for (const { handOver } of this.#task?.shards ?? []) {
      const words = new Int32Array(handOver)
      Atomics.store(words, HandOverWord.Health, StoreHealth.Down)
      Atomics.add(words, HandOverWord.Commits, 1)
    }
  }
}
