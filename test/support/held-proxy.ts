import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands before a server; while it holds, what either side sends waits. */
export interface HeldProxy {
  readonly port: number
  hold(): void
  release(): void
  stop(): Promise<void>
}

export async function startHeldProxy(target: number): Promise<HeldProxy> {
  const sockets = new Set<Socket>()
  let isHeld = false
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.on('data', (data) => to.write(data))
    from.once('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    from.on('error', () => to.destroy())
    if (isHeld) from.pause()
  }
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    pass(client, upstream)
    pass(upstream, client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    hold() {
      isHeld = true
      for (const socket of sockets) socket.pause()
    },
    release() {
      isHeld = false
      for (const socket of sockets) socket.resume()
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
