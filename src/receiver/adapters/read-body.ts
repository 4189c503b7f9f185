import type { Readable } from 'node:stream'
import { WebhookError } from '../webhook-error.js'

/** What is still read and thrown away of a body that is too large: a sender that can finish sending sees the answer. */
const discardBytes = 4 * 1024 * 1024

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
    return new WebhookError('BODY_ABORTED', 'the request broke off before its end', { cause })
  }
  return length <= maxBytes
    ? Buffer.concat(kept, length)
    : new WebhookError('BODY_TOO_LARGE', `the body is larger than ${maxBytes} bytes`)
}

/** Reads a stream that nobody has read from. Leaves it open, so that the request can be answered. */
export async function readStream(stream: Readable, maxBytes: number): Promise<Uint8Array | WebhookError> {
  if (stream.readableEnded) {
    return new WebhookError('BODY_UNAVAILABLE', 'the raw body is gone: let the webhook route come before body parsers')
  }
  return readBody(stream.iterator({ destroyOnReturn: false }), maxBytes)
}
