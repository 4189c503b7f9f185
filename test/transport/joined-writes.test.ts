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

  override _write(chunk: string | Buffer, encoding: BufferEncoding | 'buffer', done: () => void): void {
    assert.is(encoding === 'buffer', typeof chunk !== 'string')
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

  private keep(chunk: string | Buffer, encoding: BufferEncoding | 'buffer'): void {
    this.written.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : Buffer.from(chunk))
  }
}

/** Keeps the very memory that it is given, and says that it is written only when it is told to. */
class Slow extends Writable {
  readonly held: (string | Buffer)[] = []
  finish: () => void = () => undefined

  constructor() {
    super({ decodeStrings: false })
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.held.push(chunk)
    this.finish = done
  }

  override _writev(chunks: { chunk: string | Buffer }[], done: () => void): void {
    this.held.push(...chunks.map(({ chunk }) => chunk))
    this.finish = done
  }
}

type Pieces = readonly (readonly [string | Buffer, BufferEncoding?])[]

function send(pieces: Pieces): Recorder {
  const stream = new Recorder()
  joinWrites(stream)
  sendOn(stream, pieces)
  return stream
}

/** Writes as undici does. */
function sendOn(stream: Writable, pieces: Pieces): void {
  stream.cork()
  for (const [chunk, encoding] of pieces) {
    if (typeof chunk === 'string') stream.write(chunk, encoding ?? 'latin1')
    else stream.write(chunk)
  }
  stream.uncork()
}

const HEAD = 'POST / HTTP/1.1\r\n\r\n'

test('a head and a small body are written as one', () => {
  const stream = send([[HEAD], [Buffer.from('{"a":1}')]])
  assert.equal([stream.pieces, stream.bytes.toString()], [[1], `${HEAD}{"a":1}`])
})

test('every byte arrives as it was, whatever the sizes, from anywhere in shared memory', () => {
  const anyHead = fc.string({ minLength: 1, maxLength: 80, unit: 'binary-ascii' })
  const anyBody = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 8185, maxLength: 8200 }))
  fc.assert(
    fc.property(anyHead, anyBody, fc.nat(7), (head, bytes, at) => {
      const body = Buffer.from(new SharedArrayBuffer(bytes.length + 8), at, bytes.length)
      body.set(bytes)
      const stream = send([[head], [body]])
      assert.ok(stream.bytes.equals(Buffer.concat([Buffer.from(head, 'latin1'), bytes])))
    }),
  )
})

test('a large body is handed over as it is', () => {
  const stream = send([[HEAD], [Buffer.alloc(10_000, 'x')]])
  assert.equal([stream.pieces, stream.bytes.length], [[2], HEAD.length + 10_000])
})

test('a head that is too long is handed over as it is', () => {
  const stream = send([['x'.repeat(3000)], [Buffer.from('1')]])
  assert.equal([stream.pieces, stream.bytes.length], [[2], 3001])
})

const others: readonly (readonly [string, Pieces])[] = [
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

test('a stream that does not write at once gets nothing that is overwritten, and is left alone', () => {
  const slow = new Slow()
  joinWrites(slow)
  sendOn(slow, [[HEAD], [Buffer.from('first')]])
  send([[HEAD], [Buffer.from('other')]])
  assert.is(slow.held.join(), `${HEAD}first`)
  slow.finish()
  sendOn(slow, [[HEAD], [Buffer.from('second')]])
  assert.equal(slow.held.map(String), [`${HEAD}first`, HEAD, 'second'])
})

test('a stream that takes one piece at a time is left alone', () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() })
  const before = stream._writev
  joinWrites(stream)
  assert.is(stream._writev, before)
})

test.run()
