import type { Writable } from 'node:stream'

/** A head and a body of together at most this, in bytes, are joined: of 700 it saves a tenth of a write's time, of 2,400 it costs one. */
const MOST_JOINED_BYTES = 1400

/**
 * Has a stream write a request's head and its body at once where undici hands over one after the other. Node gathers two pieces
 * for `writev` in objects of its own; for a small body that takes longer than a copy (benchmark `unbatched`).
 * The body goes as Latin-1, which is each byte as it is.
 */
export function joinWrites(stream: Writable): void {
  const writev = stream._writev?.bind(stream)
  if (writev === undefined) return
  stream._writev = (pieces, written) => {
    const [head, body] = pieces
    if (pieces.length === 2 && isHead(head) && isSmallBody(body, head.chunk.length)) {
      stream._write(head.chunk + body.chunk.toString('latin1'), 'latin1', written)
    } else writev(pieces, written)
  }
}

interface Piece {
  readonly chunk: unknown
  readonly encoding: BufferEncoding
}

function isHead(piece: Piece | undefined): piece is Piece & { readonly chunk: string } {
  return piece !== undefined && typeof piece.chunk === 'string' && piece.encoding === 'latin1'
}

function isSmallBody(piece: Piece | undefined, headBytes: number): piece is Piece & { readonly chunk: Buffer } {
  return piece !== undefined && Buffer.isBuffer(piece.chunk) && headBytes + piece.chunk.byteLength <= MOST_JOINED_BYTES
}
