import { MOST_SQS_BYTES } from '../../config/sqs-limits.js'
import type { Job, JobHead } from '../job.js'
import type { Death } from '../job-store.js'
import { attributesOf, deathAttributes, messageBytes } from './codec.js'
import { asBase64, type MessageText, textOf } from './message-text.js'
import { deduplicationIdOf, groupOf } from './names.js'
import type { MessageAttributes, OutgoingMessage } from './port.js'

/** A message that is to be sent, and its size as SQS counts it. */
export interface Draft extends OutgoingMessage {
  readonly bytes: number
  /** The same as base64, for an SQS that refuses what it says to take; null: this is it. */
  readonly asBase64: (() => Draft) | null
}

/** The message of a job. Its body is copied: it lies in memory that is used again. */
export function draftOf({ head, body }: Job): Draft {
  return draft(head, 0, Buffer.from(body), {})
}

/** The message of a job that is sent again with its history. */
export function copyOf(head: JobHead, copy: number, body: Buffer): Draft {
  return draft(head, copy, body, {})
}

/** The message of a dead letter. */
export function letterOf({ head, body }: Job, death: Death): Draft {
  return draft(
    { ...head, attempts: death.attempts, status: death.status },
    0,
    Buffer.from(body),
    deathAttributes(death),
  )
}

/** The same of a message whose body is damaged: its text stays as it is. */
export function damagedLetterOf(head: JobHead, message: MessageText, death: Death): Draft {
  const attributes = { ...attributesOf(head, 0, Buffer.alloc(0), message), ...deathAttributes(death) }
  return sized(head, 0, message, attributes, null)
}

export function isTooLarge({ bytes }: Draft): boolean {
  return bytes > MOST_SQS_BYTES
}

function draft(head: JobHead, copy: number, body: Buffer, further: MessageAttributes, text = textOf(body)): Draft {
  const attributes = { ...attributesOf(head, copy, body, text), ...further }
  const again = text.isBase64 ? null : () => draft(head, copy, body, further, asBase64(body))
  return sized(head, copy, text, attributes, again)
}

function sized(
  head: JobHead,
  copy: number,
  { text }: MessageText,
  attributes: MessageAttributes,
  again: Draft['asBase64'],
): Draft {
  return {
    text,
    attributes,
    group: groupOf(head.target),
    deduplicationId: deduplicationIdOf(head, copy),
    bytes: messageBytes(text, attributes),
    asBase64: again,
  }
}
