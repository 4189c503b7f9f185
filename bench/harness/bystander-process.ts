import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Another process beside the host, which has nothing to do with the load but shares the machine. */
export class Bystander {
  private readonly ended: Promise<never>

  private constructor(private readonly child: ChildProcess) {
    this.ended = once(child, 'exit').then(() => {
      throw new Error('the bystander’s process ended early')
    })
    // Whoever asks hears of it.
    this.ended.catch(() => undefined)
  }

  static async start(): Promise<Bystander> {
    const bystander = new Bystander(fork(fileURLToPath(new URL('./bystander.js', import.meta.url))))
    await bystander.begin()
    await bystander.end()
    return bystander
  }

  async begin(): Promise<void> {
    await this.ask('begin')
  }

  /** @returns the 99th percentile of its event loop's delay since `begin`, in ms */
  end(): Promise<number> {
    return this.ask('end')
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit')
    this.child.disconnect()
    await exited
  }

  private async ask(command: 'begin' | 'end'): Promise<number> {
    const answer = once(this.child, 'message')
    this.child.send(command)
    const [p99Ms] = (await Promise.race([answer, this.ended])) as [number]
    return p99Ms
  }
}
