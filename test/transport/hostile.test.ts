import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createEgressGuard } from '../../src/transport/egress.js'
import { httpEndpoint, testApp } from './support/endpoint.js'
import { describe, httpTransports, OPEN_EGRESS, type Sent, send, sendOnce, sharedBody } from './support/sending.js'
import { httpServer, type Listening, listen, rawAnswer, rawServer, recorder } from './support/servers.js'

const hostile = suite('a receiver that')

const SHORT = { requestTimeoutMs: 50 }

/** What comes of one delivery, and of the receiver afterwards. */
async function sendTo(receiver: Listening, overrides = {}): Promise<Sent> {
  const sent = await sendOnce(receiver.url, overrides)
  await receiver.close()
  return sent
}

function verdict({ outcome, cause }: Sent): [string, string | null] {
  return [outcome.kind, cause]
}

/** Keeps writing for as long as the other side reads. */
function drip(socket: Socket, bytes: string): void {
  const timer = setInterval(() => socket.write(bytes), 5)
  socket.on('close', () => clearInterval(timer))
}

hostile('refuses connections is tried again', async () => {
  const server = await listen(createServer())
  await server.close()
  const sent = await sendOnce(server.url)
  assert.equal(
    [...verdict(sent), sent.message],
    ['retry', 'connect', `127.0.0.1:${server.port} refuses connections (ECONNREFUSED)`],
  )
})

hostile('has no address is tried again', async () => {
  assert.equal(verdict(await sendOnce('http://no-such-host.invalid/')), ['retry', 'connect'])
})

hostile('has a name that is never resolved runs into the timeout', async () => {
  const egress = createEgressGuard(OPEN_EGRESS, () => () => undefined)
  const sent = await sendOnce('http://hangs.test/', SHORT, {}, { egress })
  assert.equal([...verdict(sent), sent.message], ['retry', 'timeout', 'no connection to hangs.test:80 within 50 ms'])
})

hostile('accepts and never answers a TLS handshake runs into the timeout', async () => {
  const receiver = await rawServer((socket) => socket.resume())
  const sent = await sendOnce(receiver.url.replace('http:', 'https:'), SHORT)
  await receiver.close()
  assert.equal(
    [...verdict(sent), sent.message],
    ['retry', 'timeout', `no connection to 127.0.0.1:${receiver.port} within 50 ms`],
  )
})

hostile('accepts and never answers runs into the timeout', async () => {
  const receiver = await rawServer((socket) => socket.resume())
  const sent = await sendTo(receiver, SHORT)
  assert.equal(
    [...verdict(sent), sent.message],
    ['retry', 'timeout', `no answer from 127.0.0.1:${receiver.port} within 50 ms`],
  )
})

hostile('never completes its head runs into the timeout', async () => {
  const receiver = await rawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nx-drip: ')
    drip(socket, 'x')
  })
  assert.equal(verdict(await sendTo(receiver, SHORT)), ['retry', 'timeout'])
})

hostile('has acknowledged and then drips its body has acknowledged', async () => {
  const receiver = await rawServer((socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n'))
    drip(socket, 'x')
  })
  assert.equal((await sendTo(receiver, SHORT)).outcome, { kind: 'delivered', status: 200 })
})

hostile('has acknowledged and then sends a body without end has acknowledged, and is cut off', async () => {
  const chunk = 'x'.repeat(16 * 1024)
  const closed: Promise<void>[] = []
  const receiver = await rawServer((socket) => {
    closed.push(new Promise((resolve) => socket.on('close', () => resolve())))
    const more = () => {
      while (!socket.destroyed && socket.write(chunk));
    }
    socket.once('data', () => {
      socket.on('drain', more).write('HTTP/1.1 200 OK\r\n\r\n')
      more()
    })
  })
  const transports = httpTransports()
  const outcome = await send(transports.open(testApp, httpEndpoint(receiver.url)))
  await closed[0]
  await transports.close()
  await receiver.close()
  assert.equal(outcome, { kind: 'delivered', status: 200 })
})

hostile('has acknowledged and closes in the midst of its body has acknowledged', async () => {
  const receiver = await rawServer((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\nhalf')),
  )
  assert.equal((await sendTo(receiver)).outcome, { kind: 'delivered', status: 201 })
})

hostile('answers without a length and closes has acknowledged', async () => {
  const receiver = await rawServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nbye')))
  assert.equal((await sendTo(receiver)).outcome, { kind: 'delivered', status: 200 })
})

hostile('closes in the midst of its head is tried again', async () => {
  const receiver = await rawServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncont')))
  assert.equal(verdict(await sendTo(receiver)), ['retry', 'reset'])
})

hostile('closes without a word is tried again', async () => {
  const receiver = await rawServer((socket) => socket.once('data', () => socket.end()))
  assert.equal(verdict(await sendTo(receiver)), ['retry', 'reset'])
})

hostile('resets in the midst of the request is tried again', async () => {
  const receiver = await rawServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
  const transports = httpTransports()
  const body = sharedBody({ size: 8 << 20, fill: 'a' })
  const sent = describe(await send(transports.open(testApp, httpEndpoint(receiver.url)), { body }))
  await transports.close()
  await receiver.close()
  assert.equal(verdict(sent), ['retry', 'reset'])
})

hostile('answers 500 is tried again', async () => {
  const receiver = await rawAnswer('HTTP/1.1 500 No\r\ncontent-length: 6\r\n\r\nsecret')
  const sent = await sendTo(receiver)
  assert.equal([...verdict(sent), sent.message], ['retry', 'status', `127.0.0.1:${receiver.port} answered 500`])
})

hostile('answers 429 with a wait in seconds is given it', async () => {
  const receiver = await rawAnswer('HTTP/1.1 429 No\r\nretry-after: 17\r\ncontent-length: 0\r\n\r\n')
  const { outcome } = await sendTo(receiver)
  assert.is(outcome.kind === 'retry' && outcome.retryAfterMs, 17_000)
})

hostile('answers 429 with a date is given the time until then', async () => {
  const receiver = await rawAnswer(
    'HTTP/1.1 429 No\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: 0\r\n\r\n',
  )
  const { outcome } = await sendOnce(receiver.url, {}, {}, { now: () => Date.UTC(1994, 10, 6, 8, 49, 7) })
  await receiver.close()
  assert.is(outcome.kind === 'retry' && outcome.retryAfterMs, 30_000)
})

hostile('answers 410 stops its endpoint', async () => {
  const { outcome } = await sendTo(await rawAnswer('HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n'))
  assert.is(outcome.kind === 'rejected' && outcome.stop, true)
})

for (const status of [301, 302, 303, 307, 308]) {
  hostile(`redirects to itself with ${status} is asked once`, async () => {
    let requests = 0
    const receiver = await httpServer((request, response) => {
      requests += 1
      response.writeHead(status, { location: request.url ?? '/' }).end()
    })
    const sent = await sendTo(receiver)
    assert.equal([...verdict(sent), requests], ['rejected', 'redirect', 1])
  })
}

hostile('sends a head of 1 MB is tried again', async () => {
  const receiver = await rawAnswer(`HTTP/1.1 200 OK\r\nx-large: ${'x'.repeat(1 << 20)}\r\n\r\n`)
  assert.equal(verdict(await sendTo(receiver)), ['retry', 'protocol'])
})

hostile('sends headers without end is tried again', async () => {
  const receiver = await rawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    drip(socket, 'x-header: value\r\n'.repeat(500))
  })
  assert.equal(verdict(await sendTo(receiver)), ['retry', 'protocol'])
})

hostile('answers garbage is tried again', async () => {
  assert.equal(verdict(await sendTo(await rawAnswer('SSH-2.0-OpenSSH_9.2\r\n'))), ['retry', 'protocol'])
})

hostile('tries to upgrade is tried again', async () => {
  const receiver = await rawAnswer('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
  assert.is((await sendTo(receiver)).outcome.kind, 'retry')
})

hostile('talks before it is spoken to is tried again', async () => {
  const receiver = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
  assert.ok(['retry', 'delivered'].includes((await sendTo(receiver, { requestTimeoutMs: 200 })).outcome.kind))
})

hostile('compresses a bomb has acknowledged, and nobody opens it', async () => {
  const receiver = await rawServer((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 20\r\n\r\n')
      drip(socket, '\x1f\x8b')
    })
  })
  assert.equal((await sendTo(receiver)).outcome, { kind: 'delivered', status: 200 })
})

hostile('never answers keeps no other endpoint of its origin waiting', async () => {
  const stuck: (() => void)[] = []
  const receiver = await httpServer((request, response) => {
    if (request.url === '/stuck') stuck.push(() => response.end())
    else response.end()
  })
  const transports = httpTransports()
  const dead = transports.open(testApp, httpEndpoint(`${receiver.url}stuck`))
  const pending = Array.from({ length: 20 }, () => send(dead))
  const outcome = await send(transports.open(testApp, httpEndpoint(`${receiver.url}healthy`)))
  const stillPending = stuck.length
  await transports.close()
  await Promise.all(pending)
  await receiver.close()
  assert.equal([outcome.kind, stillPending], ['delivered', 20])
})

hostile('is not there any more is reached again once it is back', async () => {
  const first = await recorder()
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(first.url))
  await send(transport)
  await first.close()
  const { cause } = describe(await send(transport))
  const back = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\n\r\n'))
  }).listen(first.port, '127.0.0.1')
  await once(back, 'listening')
  const { kind } = await send(transport)
  await transports.close()
  back.close()
  assert.equal([cause === 'connect' || cause === 'reset', kind], [true, 'delivered'])
})

hostile.run()
