import type { MessagePort } from 'node:worker_threads'
import { Control } from '../ring/layout.js'
import { type Notice, type Report, Subscription } from './messages.js'

const optional: Readonly<Partial<Record<Notice['kind'], number>>> = Subscription

/** What the shard tells the main thread: gathered, and posted once a turn of the loop. */
export class Notices {
  #waiting: Notice[] = []

  readonly #port: MessagePort
  readonly #control: Int32Array

  constructor(port: MessagePort, control: Int32Array) {
    this.#port = port
    this.#control = control
  }

  /** Whether anybody listens; reports are not even made when nobody does. */
  wants(kind: Notice['kind']): boolean {
    const bit = optional[kind]
    return bit === undefined || (Atomics.load(this.#control, Control.Subscriptions) & bit) !== 0
  }

  tell(notice: Notice): void {
    this.#waiting.push(notice)
  }

  post(): void {
    if (this.#waiting.length === 0) return
    this.#port.postMessage(this.#waiting satisfies Report)
    this.#waiting = []
  }
}
