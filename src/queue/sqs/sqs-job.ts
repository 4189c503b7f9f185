import type { ReceivedJob } from '../handed-over/queue.js'
import type { JobHead } from '../job.js'
import { decodeBody, decodeDeath, decodeHead } from './codec.js'
import type { MessageText } from './message-text.js'
import { Attribute, type IncomingMessage } from './port.js'

/** A batch that was received, and its message. */
export interface SqsJob extends ReceivedJob {
  head: JobHead
  messageId: string
  /** Of the message as it was received last. */
  handle: string
  /** Handles of other messages that hold the same batch. They are deleted together. */
  twins: readonly string[]
  /** How often the batch was sent again within its life. */
  copy: number
  /** By the monotonic clock, before the request for it. */
  receivedAtMs: number
  hiddenUntilMs: number
  /** null: the body is not what was sent. */
  readonly body: Buffer | null
  /** It is in an arena, or was. */
  isRead: boolean
  /** It has settled: its message is being deleted. */
  isEnding: boolean
  /** The text of the message, which goes to the dead letters as it is. */
  readonly message: MessageText
}

/** @returns null for a message that is not of this version of Signpost. @param atMs before the request, monotonic */
export function jobOf(message: IncomingMessage, atMs: number, hiddenMs: number): SqsJob | null {
  const found = decodeHead(message.attributes.get(Attribute.Head) ?? '')
  if (found === null) return null
  const { copy, isBase64 } = found
  return {
    head: reborn(found.head, message),
    messageId: message.id,
    handle: message.handle,
    twins: [],
    copy,
    receivedAtMs: atMs,
    hiddenUntilMs: atMs + hiddenMs,
    body: decodeBody(message.text, found),
    isRead: false,
    isEnding: false,
    message: { text: message.text, isBase64 },
  }
}

/** A dead letter that somebody has moved back to the queue begins another life. */
function reborn(head: JobHead, { attributes }: IncomingMessage): JobHead {
  if (decodeDeath(attributes, head.life) === null) return head
  return { ...head, life: head.life + 1, attempts: 0, status: 0, spentMs: 0, nextAt: 0 }
}
