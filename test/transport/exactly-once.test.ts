import type { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { EndpointConfig } from '../../src/config/model.js'
import { httpEndpoint, testApp } from './support/endpoint.js'
import { httpTransports, sharedBody } from './support/sending.js'
import { rawServer } from './support/servers.js'

const exactlyOnce = suite('done is called exactly once')

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

/** What a connection may do to a request; the next one on the same connection gets the next. */
const BEHAVIOURS: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.write(OK),
  (socket) => socket.end(OK),
  (socket) => socket.write(OK + OK),
  (socket) => socket.write(OK.slice(0, 20)),
  (socket) => socket.end(OK.slice(0, -1)),
  (socket) => socket.destroy(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.write('garbage\r\n\r\n'),
  () => undefined,
  (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'),
  (socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
  (socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
  (socket) => socket.write('HTTP/1.0 200 OK\r\n\r\n'),
  (socket) => socket.write('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n'),
  (socket) => socket.write('HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 0\r\n\r\n'),
  (socket) => socket.pause().write(OK),
]

/** Sends `count` deliveries over 16 at once; tells how often each was settled. */
async function settlements(count: number, overrides: Partial<EndpointConfig>, size: number): Promise<Set<number>> {
  let behaviour = 0
  const server = await rawServer((socket) => {
    socket.on('data', () => BEHAVIOURS[behaviour++ % BEHAVIOURS.length]?.(socket))
  })
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(server.url, { requestTimeoutMs: 20, ...overrides }))
  const settled = new Array<number>(count).fill(0)
  const body = sharedBody({ size, fill: 'a' })
  await new Promise<void>((resolve) => {
    let next = 0
    let open = 0
    const more = () => {
      while (open < 16 && next < count) {
        const index = next++
        open += 1
        transport.send({ id: String(index), body, headers: [] }, () => {
          settled[index] = (settled[index] ?? 0) + 1
          open -= 1
          more()
        })
      }
      if (open === 0 && next === count) resolve()
    }
    more()
  })
  await transports.close()
  await server.close()
  return new Set(settled)
}

exactlyOnce('whatever the receiver does to small requests', async () => {
  assert.equal([...(await settlements(1000, {}, 100))], [1])
})

exactlyOnce('whatever the receiver does to large requests', async () => {
  assert.equal([...(await settlements(200, {}, 1 << 20))], [1])
})

exactlyOnce.run()
