import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { freePort } from '../free-port.js'
import { temporaryFolder } from '../temporary-folder.js'
import { type RestartableServer, startServer } from './restartable-server.js'
import { type ServerProcess, startProcess } from './server-process.js'

const PROGRAM = createRequire(import.meta.url).resolve('dynalite/cli.js')

export interface DynaliteServer extends RestartableServer {
  readonly port: number
}

/** Plays DynamoDB on 127.0.0.1, in a process of its own, with its data on the disk. */
export async function startDynalite(): Promise<DynaliteServer> {
  const folder = temporaryFolder()
  const port = await freePort()
  const run = (): ServerProcess => {
    const place = ['--host', '127.0.0.1', '--port', String(port), '--path', `${folder.path}/data`]
    const atOnce = ['--createTableMs', '0', '--deleteTableMs', '0', '--updateTableMs', '0']
    return startProcess(process.execPath, [PROGRAM, ...place, ...atOnce], {}, folder)
  }
  const server = await startServer({ name: 'dynalite', folder, run, answers: () => answers(port) })
  return { ...server, port }
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
