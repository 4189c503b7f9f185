import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { freePort } from '../../scripts/free-port.js'
import { findProgram } from '../../scripts/servers/find-program.js'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { until } from './until.js'

export interface Tinyproxy {
  readonly url: string
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>
}

const startAttempts = 5

/** Starts a tinyproxy of its own on 127.0.0.1, with the rules that it is shipped with: CONNECT only to 443 and 563. */
export async function startTinyproxy(): Promise<Tinyproxy> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const proxy = await startOn(port)
    if (proxy !== null) return proxy
    if (attempt === startAttempts) throw new Error(`tinyproxy did not start, ${attempt} times`)
  }
}

/** @returns null when it ended at once, as it does where the port has been taken meanwhile */
async function startOn(port: number): Promise<Tinyproxy | null> {
  const folder = temporaryFolder()
  const rules = `Port ${port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 600\nConnectPort 443\nConnectPort 563\n`
  const child = spawn(findProgram('tinyproxy'), ['-d', '-c', folder.write('tinyproxy.conf', rules)], {
    stdio: 'ignore',
  })
  const exited = once(child, 'exit')
  const isReady = await untilReady(child, port)
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await exited
    folder.remove()
  }
  if (isReady) return { url: `http://127.0.0.1:${port}`, stop }
  folder.remove()
  return null
}

async function untilReady(child: ChildProcess, port: number): Promise<boolean> {
  let isReady = false
  await until(async () => {
    if (child.exitCode === null) isReady = await accepts(port)
    return isReady || child.exitCode !== null
  })
  return isReady
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
