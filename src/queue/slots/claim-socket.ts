import { once } from 'node:events'
import { createConnection, createServer, type Server } from 'node:net'
import { withShortPath } from './short-path.js'
import type { SocketAnswer } from './standing.js'

/** A Unix socket that is listened on. */
export interface ClaimSocket {
  close(): Promise<void>
}

/**
 * Listens on a new socket in the folder. The caller gives it another name at once: Node deletes the name that it bound to when the
 * socket is closed, and by then that must be nobody's.
 */
export async function listenIn(folder: string, name: string): Promise<ClaimSocket> {
  const server = createServer((connection) => connection.destroy())
  await withShortPath(folder, name, async (path) => {
    server.listen({ path, exclusive: true })
    await once(server, 'listening')
  })
  server.on('error', ignoreFailedAccept)
  server.unref()
  return { close: () => close(server) }
}

/** Asks whether somebody on this kernel listens. Does not wait for the listener, which may be stopped or busy. */
export async function ask(folder: string, name: string): Promise<SocketAnswer> {
  return await withShortPath(folder, name, async (path) => {
    const connection = createConnection(path)
    try {
      await once(connection, 'connect')
      return 'listening'
    } catch (error) {
      return answerOf(error)
    } finally {
      connection.destroy()
    }
  })
}

function answerOf(error: unknown): SocketAnswer {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ECONNREFUSED') return 'refused'
  return code === 'ENOENT' ? 'missing' : 'unclear'
}

/** The kernel has answered for the socket by then. */
function ignoreFailedAccept(): void {
  return
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.close(() => resolve()))
}
