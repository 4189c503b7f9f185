import { once } from 'node:events'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

/** The package has no types. */
type Dynalite = (options: Readonly<Record<string, number>>) => Server

const dynalite = createRequire(import.meta.url)('dynalite') as Dynalite

export interface DynaliteServer {
  readonly url: string
  stop(): Promise<void>
}

/** Plays DynamoDB on 127.0.0.1, in memory. */
export async function startDynalite(): Promise<DynaliteServer> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
