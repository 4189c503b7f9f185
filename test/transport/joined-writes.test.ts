import { Writable } from 'node:stream'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { joinWrites } from '../../src/transport/joined-writes.js'

const test = suite('joined writes')

/** Keeps what it is given, and how many pieces each time. */
class Recorder extends Writable {
  readonly written: Buffer[] = []
  readonly pieces: number[] = []

  constructor() {
    super({ decodeStrings: false })
  }

  override _write(chunk: string | Buffer, encoding: BufferEncoding, done: () => void): void {
    this.pieces.push(1)
    this.keep(chunk, encoding)
    done()
  }

  override _writev(chunks: { chunk: string | Buffer; encoding: BufferEncoding }[], done: () => void): void {
    this.pieces.push(chunks.length)
    for (const { chunk, encoding } of chunks) this.keep(chunk, encoding)
    done()
  }

  get bytes(): Buffer {
    return Buffer.concat(this.written)
  }

  private keep(chunk: string | Buffer, encoding: BufferEncoding): void {
    this.written.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk))
  }
}

/** Writes as undici does. */
function send(pieces: readonly (readonly [string | Buffer, BufferEncoding?])[]): Recorder {
  const stream = new Recorder()
  joinWrites(stream)
  stream.cork()
  for (const [chunk, encoding] of pieces) {
    if (typeof chunk === 'string') stream.write(chunk, encoding ?? 'latin1')
    else stream.write(chunk)
  }
  stream.uncork()
  return stream
}

const HEAD = 'POST / HTTP/1.1\r\n\r\n'

test('a head and a small body are written as one', () => {
  const stream = send([[HEAD], [Buffer.from('{"a":1}')]])
  assert.equal([stream.pieces, stream.bytes.toString()], [[1], `${HEAD}{"a":1}`])
})

test('every byte arrives as it was, whatever the sizes', () => {
  const anyBody = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 1300, maxLength: 1500 }))
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 80, unit: 'binary-ascii' }), anyBody, (head, body) => {
      const stream = send([[head], [Buffer.from(body)]])
      assert.ok(stream.bytes.equals(Buffer.concat([Buffer.from(head, 'latin1'), body])))
    }),
  )
})

test('a body in shared memory arrives', () => {
  const body = Buffer.from(new SharedArrayBuffer(4))
  body.set([0, 0x7f, 0x80, 0xff])
  assert.equal(
    send([[HEAD], [body]])
      .bytes.subarray(-4)
      .toJSON().data,
    [0, 0x7f, 0x80, 0xff],
  )
})

test('a body that is not small is handed over as it is', () => {
  const stream = send([[HEAD], [Buffer.alloc(5000, 'x')]])
  assert.equal([stream.pieces, stream.bytes.length], [[2], HEAD.length + 5000])
})

const others: readonly (readonly [string, readonly (readonly [string | Buffer, BufferEncoding?])[]])[] = [
  ['three pieces', [[HEAD], [Buffer.from('1')], [Buffer.from('2')]]],
  ['two pieces of bytes', [[Buffer.from('1')], [Buffer.from('2')]]],
  ['two texts', [[HEAD], ['2']]],
  ['a head that is not Latin-1', [['é', 'utf8'], [Buffer.from('2')]]],
]

for (const [what, pieces] of others) {
  test(`${what} are written as without it`, () => {
    const stream = send(pieces)
    const expected = pieces.map(([chunk, encoding]) => Buffer.from(chunk as string, encoding ?? 'latin1'))
    assert.equal([stream.pieces, stream.bytes.toString()], [[pieces.length], Buffer.concat(expected).toString()])
  })
}

test('a stream that takes one piece at a time is left alone', () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() })
  const before = stream._writev
  joinWrites(stream)
  assert.is(stream._writev, before)
})

test.run()
