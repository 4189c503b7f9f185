import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ReceiverCounts } from './receiver.js'

/** The receiver, in a process of its own. */
export class ReceiverProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(secret: string): Promise<ReceiverProcess> {
    const child = fork(fileURLToPath(new URL('./receiver.js', import.meta.url)), [secret])
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    return new ReceiverProcess(child, `http://127.0.0.1:${port}/`)
  }

  async counts(): Promise<ReceiverCounts> {
    const answer = once(this.child, 'message')
    this.child.send('counts')
    const [counts] = (await answer) as [ReceiverCounts]
    return counts
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit')
    this.child.disconnect()
    await exited
  }
}
