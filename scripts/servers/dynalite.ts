import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { freePort } from '../free-port.js'
import { temporaryFolder } from '../temporary-folder.js'
import { type DatabaseProcess, startProcess } from './database-process.js'
import { untilReady } from './until-ready.js'

const PROGRAM = createRequire(import.meta.url).resolve('dynalite/cli.js')

export interface DynaliteServer extends DatabaseProcess {
  readonly port: number
  /** Starts it again on the same port, with the same data. */
  start(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** Plays DynamoDB on 127.0.0.1, in a process of its own, with its data on the disk. */
export async function startDynalite(): Promise<DynaliteServer> {
  const folder = temporaryFolder()
  const port = await freePort()
  const run = (): DatabaseProcess => {
    const place = ['--host', '127.0.0.1', '--port', String(port), '--path', `${folder.path}/data`]
    const atOnce = ['--createTableMs', '0', '--deleteTableMs', '0', '--updateTableMs', '0']
    return startProcess(process.execPath, [PROGRAM, ...place, ...atOnce], {}, folder)
  }
  let running = run()
  await untilReady('dynalite', () => answers(port))
  return {
    port,
    kill: () => running.kill(),
    pause: () => running.pause(),
    resume: () => running.resume(),
    async start() {
      running = run()
      await untilReady('dynalite', () => answers(port))
    },
    async stop() {
      running.resume()
      await running.kill()
      folder.remove()
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (isConnected: boolean): void => {
      socket.destroy()
      resolve(isConnected)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
}
