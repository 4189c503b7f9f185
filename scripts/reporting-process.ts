import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** A process whose program sends a report whenever it gets a message, and exits when it is disconnected. */
export class ReportingProcess<Report> {
  /** Rejects when the process ends before it is told to `stop`: to be raced with whatever waits for its answers. */
  readonly failure: Promise<never>
  private isStopping = false

  /** @param name as it stands in the error when the process ends early */
  protected constructor(
    private readonly child: ChildProcess,
    name: string,
  ) {
    this.failure = new Promise((_, reject) => {
      child.once('exit', (status, signal) => {
        if (!this.isStopping) reject(new Error(`the ${name}'s process ended early, by ${signal ?? `status ${status}`}`))
      })
    })
    // Who races it hears of it; nobody has to.
    this.failure.catch(() => undefined)
  }

  report(): Promise<Report> {
    return this.ask('report')
  }

  /** Sends a question of the program's own. @returns its answer */
  protected async ask<Answer>(question: 'report' | object): Promise<Answer> {
    const answer = once(this.child, 'message')
    this.child.send(question)
    const [message] = (await Promise.race([answer, this.failure])) as [Answer]
    return message
  }

  async stop(): Promise<void> {
    this.isStopping = true
    const exited = once(this.child, 'exit')
    this.child.disconnect()
    await exited
  }
}
