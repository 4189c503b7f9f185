import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What the program of a `KillableProcess` sends. */
export type KillableMessage =
  /** Its dispatcher runs, and has found so much in its queue. */
  | { readonly kind: 'started'; readonly batches: number; readonly events: number }
  /** The first delivery was acknowledged. */
  | { readonly kind: 'delivering' }
  /** It has emitted the numbers below `next`. Those below `confirmed` are stored, delivered or both: `persisted()` said so. */
  | { readonly kind: 'progress'; readonly next: number; readonly confirmed: number; readonly delivered: number }
  /** `undelivered` in events, `parked` in batches that the next process would deliver. */
  | { readonly kind: 'finished'; readonly undelivered: number; readonly parked: number; readonly failed: number }

type Kind = KillableMessage['kind']
type MessageOf<K extends Kind> = Extract<KillableMessage, { readonly kind: K }>

/** A process that emits numbered events to a durable queue until it is killed, or is told to finish by the message `finish`. */
export class KillableProcess {
  /** What it said last of how far it is. */
  progress: MessageOf<'progress'>
  readonly #child: ChildProcess
  readonly #messages = new Map<Kind, KillableMessage>()
  readonly #exited: Promise<unknown>
  #isEndExpected = false

  /** @param settings the program's argument, as JSON */
  constructor(program: URL, settings: { readonly from: number }) {
    this.progress = { kind: 'progress', next: settings.from, confirmed: settings.from, delivered: 0 }
    this.#child = fork(fileURLToPath(program), [JSON.stringify(settings)])
    this.#exited = once(this.#child, 'exit')
    this.#child.on('message', (message: KillableMessage) => {
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

  /** Rejects when it ends by itself. */
  get ended(): Promise<never> {
    return this.#ended()
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
    if (this.#isEndExpected) throw new Error('the process that may be killed has ended')
    const { exitCode, signalCode } = this.#child
    throw new Error(`the process that may be killed ended early, by ${signalCode ?? `status ${exitCode}`}`)
  }
}
