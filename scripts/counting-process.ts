import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ReportingProcess } from './reporting-process.js'

/** A receiver in a process of its own, which reports its counts. Its program sends `{ port }` once it listens on 127.0.0.1. */
export class CountingProcess<Counts> extends ReportingProcess<Counts> {
  protected constructor(
    child: ChildProcess,
    readonly url: string,
  ) {
    super(child, 'receiver')
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

  counts(): Promise<Counts> {
    return this.report()
  }
}
