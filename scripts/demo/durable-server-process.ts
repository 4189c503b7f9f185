import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DurableServerMessage, DurableServerSettings } from './durable-server.js'

type Kind = DurableServerMessage['kind']
type MessageOf<K extends Kind> = Extract<DurableServerMessage, { readonly kind: K }>

/** The second act's server, from its start to its end. */
export class DurableServerProcess {
  /** What it said last of how far it is. */
  progress: MessageOf<'progress'>
  readonly #child: ChildProcess
  readonly #messages = new Map<Kind, DurableServerMessage>()
  readonly #exited: Promise<unknown>
  #isEndExpected = false

  constructor(settings: DurableServerSettings) {
    this.progress = { kind: 'progress', next: settings.from, confirmed: settings.from, delivered: 0 }
    const program = fileURLToPath(new URL('./durable-server.js', import.meta.url))
    this.#child = fork(program, [JSON.stringify(settings)])
    this.#exited = once(this.#child, 'exit')
    this.#child.on('message', (message: DurableServerMessage) => {
      if (message.kind === 'progress') this.progress = message
      this.#messages.set(message.kind, message)
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Resolves when it has said this, at once when it has said it before. Rejects when it ends by itself before. */
  async said<K extends Kind>(kind: K): Promise<MessageOf<K>> {
    for (;;) {
      const message = this.#messages.get(kind)
      if (message !== undefined) return message as MessageOf<K>
      await Promise.race([once(this.#child, 'message'), this.#ended()])
    }
  }

  /** Ends it as `kill -9` does. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#isEndExpected = true
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  /** Has it emit no more and deliver what it has. Resolves when it has ended. */
  async finish(): Promise<MessageOf<'finished'>> {
    this.#child.send('finish')
    const finished = await this.said('finished')
    this.#isEndExpected = true
    await this.#exited
    return finished
  }

  async #ended(): Promise<never> {
    await this.#exited
    if (this.#isEndExpected) throw new Error("the durable server's process has ended")
    const { exitCode, signalCode } = this.#child
    throw new Error(`the durable server's process ended early, by ${signalCode ?? `status ${exitCode}`}`)
  }
}
