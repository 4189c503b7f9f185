import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/**
 * A receiver in a process of its own. Its program sends `{ port }` once it listens on 127.0.0.1, its counts whenever it gets a
 * message, and exits when it is disconnected.
 */
export class CountingProcess<Counts> {
  protected constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  protected static async launch(program: URL, argument: string): Promise<{ child: ChildProcess; origin: string }> {
    const child = fork(fileURLToPath(program), [argument])
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    return { child, origin: `http://127.0.0.1:${port}` }
  }

  async counts(): Promise<Counts> {
    const answer = once(this.child, 'message')
    this.child.send('counts')
    const [counts] = (await answer) as [Counts]
    return counts
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit')
    this.child.disconnect()
    await exited
  }
}
