import { once } from 'node:events'
import type { Server } from 'node:http'
import type { StartedServer } from './adapter-contract.js'

/** Listens on a free port of 127.0.0.1. */
export async function listen(server: Server, path = '/'): Promise<StartedServer> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}${path}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
