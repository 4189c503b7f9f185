import { isUtf8 } from 'node:buffer'

/** A body as SQS takes it. */
export interface MessageText {
  readonly text: string
  readonly isBase64: boolean
}

/** Everything that a message of SQS must not have. */
const REFUSED = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u
const ALL_REFUSED = new RegExp(REFUSED, 'gu')

/** The body itself where SQS takes it, and base64 otherwise. An empty text is none for SQS. @param body memory of its own */
export function textOf(body: Buffer): MessageText {
  if (body.length > 0 && isUtf8(body)) {
    const text = body.toString('utf8')
    if (!REFUSED.test(text)) return { text, isBase64: false }
  }
  return asBase64(body)
}

/** As base64 also what SQS says that it takes. */
export function asBase64(body: Buffer): MessageText {
  // One byte more, so that no text is empty.
  return { text: `=${body.toString('base64')}`, isBase64: true }
}

export function bodyOf({ text, isBase64 }: MessageText): Buffer {
  return isBase64 ? Buffer.from(text.slice(1), 'base64') : Buffer.from(text, 'utf8')
}

/** A text for people, with a replacement character for what SQS refuses. */
export function printable(text: string): string {
  return text.replace(ALL_REFUSED, '\uFFFD')
}
