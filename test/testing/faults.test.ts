import { once } from 'node:events'
import { connect } from 'node:net'
import { generate } from 'selfsigned'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SignpostError } from '../../src/index.js'
import type { Fault, TestReceiver } from '../../src/testing/index.js'
import { deliver, webhook, withReceiver } from './receivers.js'

const test = suite('faults')

/** Code of the error that a delivery ends with. */
async function failureOf(receiver: TestReceiver, ca?: string): Promise<string> {
  return deliver(receiver.url, webhook('member_added'), ca).then(
    ({ status }) => `answered ${status}`,
    (error: { code: string }) => error.code,
  )
}

/** The first `bytes` bytes of what comes back. */
async function rawAnswer(receiver: TestReceiver, bytes: number): Promise<string> {
  const socket = connect(receiver.port, '127.0.0.1')
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n')
  let answer = ''
  for await (const chunk of socket) {
    answer += chunk
    if (answer.length >= bytes) break
  }
  return answer
}

test('a status is answered as often as told, and then all is well', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ status: 500, times: 2 })
    const statuses = []
    for (let attempt = 0; attempt < 3; attempt++) statuses.push((await deliver(receiver.url)).status)
    assert.equal(statuses, [500, 500, 200])
  }))

for (const [what, fault, message] of [
  ['nothing', {}, /one way, or has delayMs alone, not neither/],
  ['a misspelt way', { stauts: 503 }, /no "stauts"; it takes status, /],
  ['a misspelt modifier', { status: 503, time: 2 }, /no "time"; it takes .*times/],
  ['two ways', { status: 503, hang: true }, /not status and hang/],
  ['a modifier alone', { times: 2 }, /not neither/],
] as const) {
  test(`${what} is no fault`, () =>
    withReceiver(async (receiver) => {
      assert.throws(
        () => receiver.fail(fault as unknown as Fault),
        (error: SignpostError) => error.code === 'INVALID_FAULT' && message.test(error.message),
      )
    }))
}

test('the events of a failed attempt are received with the one that succeeds, once', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ status: 500, times: 1 })
    await deliver(receiver.url, webhook('member_added'))
    const before = receiver.received.length
    await deliver(receiver.url, webhook('member_added'))
    assert.equal([before, receiver.received.length, receiver.duplicates.length], [0, 1, 0])
  }))

test('a struck request is recorded with its fault', () =>
  withReceiver(async (receiver) => {
    const fault: Fault = { status: 500, times: 1 }
    receiver.fail(fault)
    await deliver(receiver.url)
    const request = await receiver.nextRequest()
    assert.equal([request.fault, request.error, request.events.length], [fault, null, 1])
  }))

test('a status comes with Retry-After, headers and body', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ status: 429, retryAfter: 3, headers: { 'x-a': 'b' }, body: 'slow down' })
    const { headers, body } = await deliver(receiver.url)
    assert.equal([headers['retry-after'], headers['x-a'], body], ['3', 'b', 'slow down'])
  }))

test('without times it strikes until healed', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ status: 503 })
    const statuses = [(await deliver(receiver.url)).status, (await deliver(receiver.url)).status]
    receiver.heal()
    statuses.push((await deliver(receiver.url)).status)
    assert.equal(statuses, [503, 503, 200])
  }))

test('several faults are worked off in turn', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ status: 500, times: 1 })
    receiver.fail({ status: 503, times: 1 })
    const statuses = [(await deliver(receiver.url)).status, (await deliver(receiver.url)).status]
    assert.equal(statuses, [500, 503])
  }))

test('a fault for one path leaves the others alone', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ status: 500, path: '/bad' })
    const statuses = []
    for (const path of ['/bad', '/good']) statuses.push((await deliver(receiver.origin + path)).status)
    assert.equal(statuses, [500, 200])
  }))

test('a delay ends in the usual answer', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ delayMs: 1 })
    const { status } = await deliver(receiver.url)
    assert.equal([status, receiver.received.length], [200, 1])
  }))

test('a delay is cut short when the receiver closes', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ delayMs: 1_000_000 })
    const failure = failureOf(receiver)
    await receiver.nextRequest()
    await receiver.close()
    assert.is(await failure, 'UND_ERR_SOCKET')
  }))

for (const beforeBody of [false, true]) {
  const when = beforeBody ? 'before the body is read' : 'after the body was read'

  test(`the connection is reset ${when}`, () =>
    withReceiver(async (receiver) => {
      receiver.fail({ reset: true, beforeBody })
      assert.is(await failureOf(receiver), 'ECONNRESET')
    }))

  test(`the connection is closed without an answer ${when}`, () =>
    withReceiver(async (receiver) => {
      receiver.fail({ close: true, beforeBody })
      assert.match(await failureOf(receiver), /UND_ERR_SOCKET|ECONNRESET/)
    }))

  test(`hangs ${when}, recorded at once`, () =>
    withReceiver(async (receiver) => {
      receiver.fail({ hang: true, beforeBody })
      const failure = failureOf(receiver)
      const { body } = await receiver.nextRequest()
      await receiver.close()
      await failure
      assert.is(body.length === 0, beforeBody)
    }))
}

test('a TLS connection is reset below TLS', async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  await withReceiver(
    async (receiver) => {
      receiver.fail({ reset: true })
      assert.is(await failureOf(receiver, cert), 'ECONNRESET')
    },
    { tls: { key, cert } },
  )
})

test('the connection is closed within the response', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ closeMidResponse: true })
    assert.is(await failureOf(receiver), 'UND_ERR_SOCKET')
  }))

test('a redirect is answered', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ redirect: '/elsewhere' })
    const { status, headers } = await deliver(receiver.url)
    assert.equal([status, headers.location], [302, '/elsewhere'])
  }))

test('garbage is not HTTP', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ garbage: true })
    assert.match(await rawAnswer(receiver, 3), /^220 /)
  }))

test('a huge header is too much for the sender', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ hugeHeaderBytes: 1024 * 1024 })
    assert.is(await failureOf(receiver), 'UND_ERR_HEADERS_OVERFLOW')
  }))

test('an endless body goes on and on', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ endless: true })
    assert.ok((await rawAnswer(receiver, 10_000_000)).length >= 10_000_000)
  }))

test('a body drips byte by byte', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ dripMs: 1 })
    assert.match(await rawAnswer(receiver, 300), /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n1\r\nx\r\n1\r\nx\r\n/s)
  }))

test('a head drips byte by byte', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ dripHeadMs: 1 })
    assert.match(await rawAnswer(receiver, 50), /^HTTP\/1\.1 200 OK\r\nx-drip: x+$/)
  }))

test('a sender that breaks off is recorded as such and not as invalid', () =>
  withReceiver(async (receiver) => {
    const socket = connect(receiver.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.end('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nab')
    socket.resume()
    await receiver.waitFor(({ aborted }) => aborted.length === 1)
    assert.is(receiver.invalid.length, 0)
  }))

test.run()
