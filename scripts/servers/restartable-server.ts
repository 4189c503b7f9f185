import type { TemporaryFolder } from '../temporary-folder.js'
import type { ServerProcess } from './server-process.js'
import { untilReady } from './until-ready.js'

/** A server that a test ends and starts again. */
export interface RestartableServer extends ServerProcess {
  /** Starts it again on the same port, with the same data. */
  start(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

export interface ServerStart {
  /** What it is called in an error. */
  readonly name: string
  /** Where its data is. */
  readonly folder: TemporaryFolder
  run(): ServerProcess
  /** Whether it takes requests. */
  answers(): Promise<boolean>
}

/** @throws Error when it does not answer in time */
export async function startServer({ name, folder, run, answers }: ServerStart): Promise<RestartableServer> {
  let running = run()
  await untilReady(name, answers)
  return {
    kill: () => running.kill(),
    pause: () => running.pause(),
    resume: () => running.resume(),
    async start() {
      running = run()
      await untilReady(name, answers)
    },
    async stop() {
      running.resume()
      await running.kill()
      folder.remove()
    },
  }
}
