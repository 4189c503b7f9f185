import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { LoadError } from './load-error.js'

const ANSWER_LIMIT_MS = 30_000
const END_LIMIT_MS = 5000
/** These would win over the run's own settings. */
const OVERRIDING = /^WEBHOOK_BATCHING_/

/** A process of the run, as its parent sees it: it answers every request with one message. */
export class Child<Request extends object, Answer> {
  readonly #process: ChildProcess
  readonly #exited: Promise<unknown>
  readonly #waiting: { resolve(answer: Answer): void; reject(error: LoadError): void }[] = []
  #death: LoadError | null = null
  #isEnding = false

  constructor(
    readonly name: string,
    program: URL,
  ) {
    const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !OVERRIDING.test(key)))
    // Standard output is the report's alone.
    const stdio: ('ignore' | 'ipc' | 2)[] = ['ignore', 2, 2, 'ipc']
    this.#process = fork(fileURLToPath(program), [], { env, stdio, serialization: 'advanced' })
    this.#exited = once(this.#process, 'exit').catch(() => undefined)
    this.#process.on('message', (answer) => this.#waiting.shift()?.resolve(answer as Answer))
    this.#process.on('error', (error) => this.#die(`${name} failed: ${error.message}`))
    this.#process.on('exit', (code, signal) => this.#die(`${name} died (${signal ?? `exit status ${code}`})`))
  }

  /** @throws LoadError when the process is dead, dies, or does not answer within `limitMs` */
  async ask(request: Request, limitMs = ANSWER_LIMIT_MS): Promise<Answer> {
    if (this.#death !== null) throw this.#death
    const late = setTimeout(() => this.#die(`${this.name} did not answer for ${limitMs / 1000} s`), limitMs)
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.#waiting.push({ resolve, reject })
        this.#process.send(request, (error) => {
          if (error !== null) this.#die(`${this.name} cannot be reached: ${error.message}`)
        })
      })
    } finally {
      clearTimeout(late)
    }
  }

  /** By closing its channel; by force if that is not enough. */
  async end(): Promise<void> {
    this.#isEnding = true
    if (this.#process.connected) this.#process.disconnect()
    const force = setTimeout(() => this.#process.kill('SIGKILL'), END_LIMIT_MS)
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.#exited
    clearTimeout(force)
  }

  #die(message: string): void {
    if (this.#isEnding) return
    this.#death ??= new LoadError(message)
    for (const { reject } of this.#waiting.splice(0)) reject(this.#death)
  }
}
