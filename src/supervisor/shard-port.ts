import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { DirectoryPart, Notice, Report, Signal } from '../shard/messages.js'
import { type CallChannel, callChannel } from '../shard/protocol.js'

/**
 * The main thread's end of the one port to a shard's thread. Notices and the answers of control calls come over it in the order
 * in which the shard sent them, so when a call is answered everything that it implies has been handled before.
 */
export class ShardPort {
  readonly calls: CallChannel
  readonly #port: MessagePort
  readonly #notices: (notices: readonly Notice[]) => void

  constructor(port: MessagePort, notices: (notices: readonly Notice[]) => void) {
    this.#port = port
    this.#notices = notices
    this.calls = callChannel((call) => this.#send({ call }))
    port.on('message', (report: Report) => this.#receive(report))
    port.unref()
  }

  /** Rings the shard's doorbell. */
  ring(): void {
    this.#send(null)
  }

  send(part: DirectoryPart): void {
    this.#send(part)
  }

  /** Connects another storage thread. */
  connectStorage(storage: MessagePort): void {
    const signal: Signal = { storage }
    this.#port.postMessage(signal, [storage])
  }

  /** Handles what the thread has sent and nobody has read yet, then closes. */
  close(): void {
    for (let sent = receiveMessageOnPort(this.#port); sent !== undefined; sent = receiveMessageOnPort(this.#port)) {
      this.#receive(sent.message as Report)
    }
    this.#port.close()
  }

  #send(signal: Signal): void {
    this.#port.postMessage(signal)
  }

  #receive(report: Report): void {
    if ('answer' in report) this.calls.receive(report.answer)
    else this.#notices(report)
  }
}
