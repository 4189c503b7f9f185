import type { MessagePort } from 'node:worker_threads'
import type { PlacedApp, Signal } from './messages.js'

/** What the main thread sends: first the apps that a thread needs before it takes over. What comes among them is kept until then. */
export class Inbox {
  /** All apps that are needed, once they are there. */
  readonly needed: Promise<readonly PlacedApp[]>
  readonly #kept: Signal[] = []
  #receive: (signal: Signal) => void

  /** @param parts that are needed */
  constructor(port: Pick<MessagePort, 'on'>, parts: number) {
    const keep = (signal: Signal): void => {
      this.#kept.push(signal)
    }
    this.#receive = keep
    this.needed = new Promise((resolve) => {
      const apps: PlacedApp[] = []
      let missing = parts
      const settle = (): void => {
        if (missing > 0) return
        this.#receive = keep
        resolve(apps)
      }
      this.#receive = (signal) => {
        if (signal === null || 'call' in signal || 'storage' in signal) keep(signal)
        else {
          missing -= 1
          for (const app of signal.apps) apps.push(app)
          // That there are no others must be known all the same.
          if (signal.isLast) keep({ apps: [], isLast: true })
        }
        settle()
      }
      settle()
    })
    port.on('message', (signal: Signal) => this.#receive(signal))
  }

  /** From now on hands everything over as it comes, and first what was kept. */
  open(receive: (signal: Signal) => void): void {
    for (const signal of this.#kept.splice(0)) receive(signal)
    this.#receive = receive
  }
}
