import { WebhookError } from '../webhook-error.js'
import type { NodeStream } from './node-http.js'

/** What is still read and thrown away of a body that is too large: a sender that can finish sending sees the answer. */
const discardBytes = 4 * 1024 * 1024

/** Encodings whose text gives back the bytes that it was made of. Where a body is no UTF-8, its signature will not fit. */
const lossless = ['utf8', 'utf-8', 'latin1', 'binary', 'hex', 'base64', 'base64url'] as const

/**
 * Reads a body whole. Never rejects.
 * @param chunks ends, or throws when the sender breaks off; is left where it is when the body is far too large
 */
export async function readBody(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array | WebhookError> {
  const kept: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of chunks) {
      length += chunk.length
      if (length <= maxBytes) kept.push(chunk)
      else kept.length = 0
      if (length > maxBytes + discardBytes) break
    }
  } catch (cause) {
    if (cause instanceof WebhookError) return cause
    return new WebhookError('BODY_ABORTED', 'the request broke off before its end', { cause })
  }
  return length <= maxBytes
    ? concatenated(kept, length)
    : new WebhookError('BODY_TOO_LARGE', `the body is larger than ${maxBytes} bytes`)
}

function concatenated(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** Reads a stream that nobody has read from. Leaves it open, so that the request can be answered. */
export async function readStream(stream: NodeStream, maxBytes: number): Promise<Uint8Array | WebhookError> {
  if (stream.readableEnded || stream.readableDidRead) {
    return new WebhookError('BODY_UNAVAILABLE', 'the raw body is gone: let the webhook route come before body parsers')
  }
  return readBody(bytesOf(stream), maxBytes)
}

/** Text where `setEncoding` was called on the stream becomes bytes again. Throws a `WebhookError` where that is not possible. */
async function* bytesOf(stream: NodeStream): AsyncGenerator<Uint8Array> {
  const encoding = lossless.find((name) => name === stream.readableEncoding)
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    if (chunk instanceof Uint8Array) yield chunk
    else if (typeof chunk === 'string' && encoding !== undefined) yield Buffer.from(chunk, encoding)
    else throw new WebhookError('BODY_UNAVAILABLE', 'the raw body is gone: let nothing call setEncoding on the request')
  }
}
