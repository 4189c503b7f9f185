import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/**
 * A receiver in a process of its own. Its program sends `{ port }` once it listens on 127.0.0.1, its counts whenever it gets a
 * message, and exits when it is disconnected.
 */
export class CountingProcess<Counts> {
  /** Rejects when the process ends before it is told to `stop`: to be raced with whatever waits for its answers. */
  readonly failure: Promise<never>
  private isStopping = false

  protected constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    this.failure = new Promise((_, reject) => {
      child.once('exit', (status, signal) => {
        if (!this.isStopping)
          reject(new Error(`the receiver's process ended early, by ${signal ?? `status ${status}`}`))
      })
    })
    // Who races it hears of it; nobody has to.
    this.failure.catch(() => undefined)
  }

  protected static async launch(program: URL, argument: string): Promise<{ child: ChildProcess; origin: string }> {
    const child = fork(fileURLToPath(program), [argument])
    const ended = once(child, 'exit').then(([status, signal]) => {
      throw new Error(`the receiver's process did not start: it ended by ${signal ?? `status ${status}`}`)
    })
    ended.catch(() => undefined)
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }]
    return { child, origin: `http://127.0.0.1:${port}` }
  }

  async counts(): Promise<Counts> {
    const answer = once(this.child, 'message')
    this.child.send('counts')
    const [counts] = (await Promise.race([answer, this.failure])) as [Counts]
    return counts
  }

  async stop(): Promise<void> {
    this.isStopping = true
    const exited = once(this.child, 'exit')
    this.child.disconnect()
    await exited
  }
}
