import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ReceivedRequest, RequestReader, UnreadableRequestError } from '../../../src/cli/load/request-reader.js'

const test = suite('the requests of a connection')

function bytesOf(target: string, headers: readonly string[], body: Buffer): Buffer {
  const head = [`POST ${target} HTTP/1.1`, ...headers, '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'latin1'), body])
}

function reading(): { readonly reader: RequestReader; readonly requests: ReceivedRequest[] } {
  const requests: ReceivedRequest[] = []
  return { reader: new RequestReader((request) => requests.push(request)), requests }
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((one, other) => one - other)]
  return sorted.map((place, index) => bytes.subarray(place, sorted[index + 1] ?? bytes.length))
}

test('requests come out whole and in order, however their bytes are cut', () => {
  const request = fc.record({
    target: fc.stringMatching(/^\/[a-z0-9]{0,8}$/),
    value: fc.stringMatching(/^[a-z0-9]{0,20}$/),
    body: fc.uint8Array({ maxLength: 300 }),
  })
  fc.assert(
    fc.property(
      fc.array(request, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (sent, places) => {
        const { reader, requests } = reading()
        const bytes = sent.map(({ target, value, body }) =>
          bytesOf(target, [`X-Value: ${value}`, `content-length:${body.length}`], Buffer.from(body)),
        )
        for (const piece of cut(Buffer.concat(bytes), places)) reader.feed(piece)
        assert.equal(
          requests.map(({ target, body }) => ({ target, body: [...body] })),
          sent.map(({ target, body }) => ({ target, body: [...body] })),
        )
        assert.equal(
          requests.map((request) => request.header('x-value')),
          sent.map(({ value }) => value),
        )
      },
    ),
  )
})

test('a request is told as soon as its last byte is there', () => {
  const { reader, requests } = reading()
  const bytes = bytesOf('/1', ['Content-Length: 3'], Buffer.from('abc'))
  reader.feed(bytes.subarray(0, -1))
  assert.is(requests.length, 0)
  reader.feed(bytes.subarray(-1))
  assert.is(requests.length, 1)
})

test('a header that is not there is undefined, also when its name ends another', () => {
  const { reader, requests } = reading()
  reader.feed(bytesOf('/1', ['X-Other-Id: 7', 'Content-Length: 0'], Buffer.alloc(0)))
  assert.is(requests[0]?.header('id'), undefined)
  assert.is(requests[0]?.header('x-other-id'), '7')
})

for (const [what, headers, message] of [
  ['no length', ['Transfer-Encoding: chunked'], /Content-Length is missing; expected a number of bytes/],
  ['a wrong length', ['Content-Length: -1'], /Content-Length is -1; expected a number of bytes/],
] as const) {
  test(`a request with ${what} cannot be read`, () => {
    const { reader } = reading()
    assert.throws(
      () => reader.feed(bytesOf('/', headers, Buffer.alloc(0))),
      (error: unknown) => error instanceof UnreadableRequestError && message.test(error.message),
    )
  })
}

test('a head without an end cannot be read', () => {
  const { reader } = reading()
  assert.throws(() => {
    for (let piece = 0; piece < 100; piece++) reader.feed(Buffer.alloc(1024, 'a'))
  }, /the head has not ended after 66560 bytes; expected at most 65536/)
})

test.run()
