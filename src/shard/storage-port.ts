import type { MessagePort } from 'node:worker_threads'
import type { StorePort } from '../deliver/store-port.js'
import type { StorageCall, StorageReport } from '../storage/messages.js'

/** The shard's end of the port to the storage thread, whichever runs. What was asked of a dead one is never answered. */
export class StoragePort implements StorePort {
  #port: MessagePort
  readonly #receive: (report: StorageReport) => void

  constructor(port: MessagePort, receive: (report: StorageReport) => void) {
    this.#port = port
    this.#receive = receive
    this.#listen()
  }

  /** Connects another storage thread. */
  reconnect(port: MessagePort): void {
    this.#port.close()
    this.#port = port
    this.#listen()
  }

  ask(call: NonNullable<StorageCall>): void {
    this.#port.postMessage(call)
  }

  /** Rings: there is something in the hand-over. */
  readonly ring = (): void => {
    this.#port.postMessage(null)
  }

  close(): void {
    this.#port.close()
  }

  #listen(): void {
    this.#port.on('message', (report: StorageReport) => this.#receive(report))
  }
}
