import type { Writable } from 'node:stream'

/** The longest body that is copied, in bytes: of 10,000 and more the copy takes what it saves. */
const MAX_BODY_BYTES = 8192
/** Room for a head, in bytes. */
const MAX_HEAD_BYTES = 2048
/** V8 copies from shared memory word by word only where both sides begin at the same place of a word; else byte by byte. */
const WORD_BYTES = 8

/** What stands for the encoding of bytes in `_write`; its type has forgotten it. */
const BYTES = 'buffer' as BufferEncoding

let joint = createJoint()

function createJoint(): Buffer {
  return Buffer.allocUnsafeSlow(MAX_HEAD_BYTES + WORD_BYTES + MAX_BODY_BYTES)
}

/**
 * Has a stream write a request's head and its body as one piece where undici hands over one after the other: for two Node makes
 * a list, objects and memory of its own, which takes longer than a copy of a body that is not large. A stream that does
 * not write at once, as one over TLS, is left alone from then on: what it has yet to write cannot be reused.
 */
export function joinWrites(stream: Writable): void {
  const writev = stream._writev?.bind(stream)
  if (writev === undefined) return
  stream._writev = (pieces, written) => {
    const [head, body] = pieces
    if (pieces.length !== 2 || !isHead(head) || !isBody(body)) {
      writev(pieces, written)
      return
    }
    let isWritten = false
    stream._write(join(head.chunk, body.chunk), BYTES, (error) => {
      isWritten = true
      written(error)
    })
    if (isWritten) return
    joint = createJoint()
    stream._writev = writev
  }
}

/** @returns a view, good until the next call */
function join(head: string, body: Buffer): Buffer {
  const bodyAt = MAX_HEAD_BYTES + (body.byteOffset % WORD_BYTES)
  const headAt = bodyAt - head.length
  joint.write(head, headAt, 'latin1')
  joint.set(body, bodyAt)
  return joint.subarray(headAt, bodyAt + body.byteLength)
}

interface Piece {
  readonly chunk: unknown
  readonly encoding: string
}

function isHead(piece: Piece | undefined): piece is Piece & { readonly chunk: string } {
  return typeof piece?.chunk === 'string' && piece.encoding === 'latin1' && piece.chunk.length <= MAX_HEAD_BYTES
}

function isBody(piece: Piece | undefined): piece is Piece & { readonly chunk: Buffer } {
  return Buffer.isBuffer(piece?.chunk) && piece.chunk.byteLength <= MAX_BODY_BYTES
}
