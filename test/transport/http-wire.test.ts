import { once } from 'node:events'
import type { Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Delivery } from '../../src/transport/transport.js'
import { httpEndpoint, testApp } from './support/endpoint.js'
import { describe, httpTransports, send, sendOnce, sharedBody } from './support/sending.js'
import { httpServer, rawAnswer, rawServer, recorder } from './support/servers.js'

const wire = suite('on the wire')

/** What a receiver sees of one delivery: headers by their names, and method, url and body. */
async function seen(
  headers: Record<string, string> = {},
  delivery: Partial<Delivery> = {},
  path = '',
): Promise<Record<string, unknown>> {
  const receiver = await recorder()
  const transports = httpTransports()
  await send(transports.open(testApp, httpEndpoint(receiver.url + path, {}, headers)), delivery)
  await transports.close()
  await receiver.close()
  const [first] = receiver.received
  if (first === undefined) throw new Error('nothing was received')
  return { ...first.request.headers, method: first.request.method, url: first.request.url, body: first.body }
}

wire('a delivery is a POST of the exact bytes', async () => {
  const { method, body } = await seen({}, { body: sharedBody('{"events":["é"]}') })
  assert.equal([method, body], ['POST', '{"events":["é"]}'])
})

wire('the content type is application/json and nothing more', async () => {
  assert.is((await seen())['content-type'], 'application/json')
})

wire('the length is that of the body, in bytes', async () => {
  assert.is((await seen({}, { body: sharedBody('"é"') }))['content-length'], '4')
})

wire('the delivery id is in webhook-id', async () => {
  assert.is((await seen({}, { id: 'msg_7' }))['webhook-id'], 'msg_7')
})

wire('signature headers go out as they are given', async () => {
  const received = await seen({}, { headers: ['X-Pusher-Key', 'k', 'X-Pusher-Signature', 's'] })
  assert.equal([received['x-pusher-key'], received['x-pusher-signature']], ['k', 's'])
})

wire('the user agent is ours', async () => {
  assert.is((await seen())['user-agent'], 'Signpost/test')
})

wire('the user agent is the webhook’s own when it has one, in whatever case', async () => {
  assert.is((await seen({ 'USER-AGENT': 'Sockudo-Webhook/1.0' }))['user-agent'], 'Sockudo-Webhook/1.0')
})

wire('the webhook’s own headers go out', async () => {
  assert.is((await seen({ 'X-Custom-Auth': 'mysecrettoken' }))['x-custom-auth'], 'mysecrettoken')
})

wire('path and query are those of the URL', async () => {
  assert.is((await seen({}, {}, 'hooks/a%20b?x=1&y=%C3%A9')).url, '/hooks/a%20b?x=1&y=%C3%A9')
})

wire('user name and password of the URL become an Authorization header', async () => {
  const receiver = await recorder()
  await sendOnce(receiver.url.replace('//', '//us%40er:pass@'))
  await receiver.close()
  const expected = `Basic ${Buffer.from('us@er:pass').toString('base64')}`
  assert.is(receiver.received[0]?.request.headers.authorization, expected)
})

wire('one delivery’s headers are not seen in the next', async () => {
  const receiver = await recorder()
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(receiver.url))
  await send(transport, { id: 'first', headers: ['x-a', '1', 'x-b', '2'] })
  await send(transport, { id: 'second', headers: ['x-a', '3'] })
  await transports.close()
  await receiver.close()
  const headers = receiver.received[1]?.request.headers
  assert.equal([headers?.['webhook-id'], headers?.['x-a'], headers?.['x-b']], ['second', '3', undefined])
})

wire('an empty body is sent as such', async () => {
  const { body, ...headers } = await seen({}, { body: sharedBody('') })
  assert.equal([body, headers['content-length']], ['', '0'])
})

wire('a receiver on IPv6 loopback is reached', async () => {
  const receiver = await recorder('::1')
  const { cause } = await sendOnce(receiver.url)
  await receiver.close()
  assert.is(cause, null)
})

wire('a receiver is reached by name', async () => {
  const receiver = await recorder()
  const { cause } = await sendOnce(receiver.url.replace('127.0.0.1', 'localhost'))
  await receiver.close()
  assert.is(cause, null)
})

wire('the connection is made from the local address', async () => {
  const addresses: (string | undefined)[] = []
  const receiver = await httpServer((request, response) => {
    addresses.push(request.socket.remoteAddress)
    response.end()
  })
  await sendOnce(receiver.url, { localAddress: '127.0.0.2' })
  await receiver.close()
  assert.equal(addresses, ['127.0.0.2'])
})

wire('a local address that is none is a mistake of the configuration', async () => {
  const { cause, message } = await sendOnce('http://127.0.0.1:9/', { localAddress: 'eth0' })
  assert.equal([cause, message.includes('eth0')], ['configuration', true])
})

wire('a header that HTTP does not let through is a mistake of the configuration', async () => {
  const receiver = await recorder()
  const { outcome, cause } = await sendOnce(receiver.url, {}, { 'x-bad': 'a\nb' })
  await receiver.close()
  assert.equal([outcome.kind, cause], ['rejected', 'configuration'])
})

const INTERIM = 'HTTP/1.1 100 Continue\r\n\r\n'
const HINTS = 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'
const NO_CONTENT = 'HTTP/1.1 204 No Content\r\n\r\n'
const ANSWERS: readonly (readonly [name: string, pieces: readonly string[]])[] = [
  ['100 Continue, that was not asked for,', [`${INTERIM}${NO_CONTENT}`]],
  ['103 Early Hints', [HINTS, NO_CONTENT]],
  ['several interim answers', [INTERIM + INTERIM, HINTS + INTERIM, NO_CONTENT]],
  ['an interim answer in pieces', ['HTTP/1.', '1 1', '00 Continue\r', '\n\r', `\n${NO_CONTENT}`]],
]

for (const [name, pieces] of ANSWERS) {
  wire(`${name} before the answer is passed over`, async () => {
    const receiver = await rawServer((socket) => socket.once('data', () => void drip(socket, pieces)))
    const { outcome } = await sendOnce(receiver.url)
    await receiver.close()
    assert.equal(outcome, { kind: 'delivered', status: 204 })
  })
}

async function drip(socket: Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    socket.write(piece)
    await new Promise(setImmediate)
  }
}

wire('an interim answer is passed over before each answer of a connection', async () => {
  const receiver = await httpServer((request, response) => {
    response.writeContinue()
    response.writeProcessing()
    request.resume().on('end', () => response.end('ok'))
  })
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(receiver.url))
  const kinds: string[] = []
  for (let left = 3; left > 0; left--) kinds.push((await send(transport)).kind)
  await transports.close()
  await receiver.close()
  assert.equal([kinds, receiver.connections()], [Array(3).fill('delivered'), 1])
})

wire('a switch to another protocol that was not asked for is tried again', async () => {
  const receiver = await rawAnswer('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
  const { outcome } = await sendOnce(receiver.url)
  await receiver.close()
  assert.is(outcome.kind, 'retry')
})

wire('interim answers without end run into the timeout', async () => {
  const receiver = await rawServer((socket) =>
    socket.once('data', () => {
      const more = () => {
        while (socket.write(INTERIM.repeat(100)));
      }
      socket.on('drain', more)
      more()
    }),
  )
  const { cause } = await sendOnce(receiver.url, { requestTimeoutMs: 200 })
  await receiver.close()
  assert.is(cause, 'timeout')
})

const calls = suite('done')

calls('is never called before send returns, not even for a mistake', async () => {
  const transports = httpTransports()
  const order: string[] = []
  const bad = [
    httpEndpoint('http://127.0.0.1:9/', {}, { 'x-bad': '\n' }),
    httpEndpoint('http://169.254.169.254/'),
    httpEndpoint('https://127.0.0.1:9/', { tls: { ca: '/no/such/file', cert: null, key: null } }),
  ]
  const settled = bad.map(
    (endpoint) =>
      new Promise<void>((resolve) => {
        transports.open(testApp, endpoint).send({ id: 'x', body: sharedBody('{}'), headers: [] }, () => {
          order.push('done')
          resolve()
        })
        order.push('returned')
      }),
  )
  await Promise.all(settled)
  await transports.close()
  assert.equal(order.slice(0, 3), ['returned', 'returned', 'returned'])
})

calls('is called for what is under way when the transports close', async () => {
  const silent = await rawServer(() => undefined)
  const transports = httpTransports()
  const outcome = send(transports.open(testApp, httpEndpoint(silent.url)))
  while (silent.connections() === 0) await new Promise(setImmediate)
  await transports.close()
  await silent.close()
  assert.is(describe(await outcome).cause, 'reset')
})

calls('is called for what is sent after the transports closed', async () => {
  const transports = httpTransports()
  await transports.close()
  const outcome = await send(transports.open(testApp, httpEndpoint('http://127.0.0.1:9/')))
  assert.is(outcome.kind, 'retry')
})

calls('may send again from within, over the same connection', async () => {
  const receiver = await recorder()
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(receiver.url))
  await new Promise<void>((resolve) => {
    let left = 50
    const again = () => {
      left -= 1
      if (left < 0) resolve()
      else transport.send({ id: String(left), body: sharedBody('{}'), headers: [] }, again)
    }
    again()
  })
  await transports.close()
  await receiver.close()
  assert.equal([receiver.received.length, receiver.connections()], [50, 1])
})

const connections = suite('connections')

connections('that the receiver closes after each answer cost no delivery', async () => {
  const receiver = await httpServer((request, response) => {
    request.resume()
    response.writeHead(200, { connection: 'close' }).end('ok')
  })
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(receiver.url))
  const kinds = await new Promise<string[]>((resolve) => {
    const collected: string[] = []
    const again = () =>
      transport.send({ id: 'x', body: sharedBody('{}'), headers: [] }, ({ kind }) => {
        if (collected.push(kind) === 20) resolve(collected)
        else again()
      })
    again()
  })
  await transports.close()
  await receiver.close()
  assert.equal(kinds, Array(20).fill('delivered'))
})

connections('are as many as there are requests at once, whoever sends them', async () => {
  const waiting: (() => void)[] = []
  const receiver = await httpServer((_request, response) => {
    waiting.push(() => response.end())
    if (waiting.length === 8) for (const answer of waiting) answer()
  })
  const transports = httpTransports()
  const endpoints = [httpEndpoint(receiver.url), httpEndpoint(`${receiver.url}other`)]
  const outcomes = await Promise.all(
    endpoints.flatMap((endpoint) => {
      const transport = transports.open(testApp, endpoint)
      return Array.from({ length: 4 }, () => send(transport))
    }),
  )
  await transports.close()
  await receiver.close()
  assert.equal([outcomes.filter(({ kind }) => kind === 'delivered').length, receiver.connections()], [8, 8])
})

connections('are used again by other endpoints of the origin', async () => {
  const receiver = await recorder()
  const transports = httpTransports()
  for (const path of ['a', 'b', 'c']) await send(transports.open(testApp, httpEndpoint(receiver.url + path)))
  await transports.close()
  await receiver.close()
  assert.is(receiver.connections(), 1)
})

connections('that the receiver closes while idle are replaced', async () => {
  const receiver = await recorder()
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(receiver.url))
  await send(transport)
  const socket = receiver.received[0]?.request.socket
  if (socket === undefined) throw new Error('no connection')
  const closed = once(socket, 'close')
  socket.destroy()
  await closed
  await new Promise(setImmediate)
  const { cause } = describe(await send(transport))
  await transports.close()
  await receiver.close()
  assert.ok(cause === null || cause === 'reset')
})

connections('are kept apart by the address they are made from', async () => {
  const receiver = await recorder()
  const transports = httpTransports()
  await send(transports.open(testApp, httpEndpoint(receiver.url)))
  await send(transports.open(testApp, httpEndpoint(receiver.url, { localAddress: '127.0.0.2' })))
  await transports.close()
  await receiver.close()
  assert.is(receiver.connections(), 2)
})

wire.run()
calls.run()
connections.run()
