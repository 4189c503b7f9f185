import { crc32 } from 'node:zlib'
import { jobIdText } from '../../arena/job-id.js'
import { numberOf, unixMs } from '../../time/clocks.js'
import { JOB_ID_BYTES, type JobHead } from '../job.js'
import type { Death } from '../job-store.js'
import { bodyOf, type MessageText, printable } from './message-text.js'
import { Attribute, type MessageAttributes } from './port.js'

/** The form of heads. Messages of another one are left alone and counted. */
const FORM = 1

const STAYS = /^[\u0020-\u007E]*$/

/** What the head of a message says. */
export interface MessageHead {
  readonly head: JobHead
  /** How often the batch was sent again within its life. */
  readonly copy: number
  readonly isBase64: boolean
  readonly crc: number
}

/** The head of a job as the attribute of a message: ASCII alone, which SQS takes and people can read. */
export function encodeHead(head: JobHead, copy: number, body: Buffer, isBase64: boolean): string {
  const { target, firstEventAt, sealedAt } = head
  const json = JSON.stringify({
    form: FORM,
    delivery: jobIdText(head.id),
    id: Buffer.from(head.id).toString('hex'),
    ...{ life: head.life, copy, seq: head.seq, app: target.app, endpoint: target.endpoint, events: head.events },
    ...{ firstEventAt: numberOf(firstEventAt), sealedAt: numberOf(sealedAt) },
    ...{ attempts: head.attempts, status: head.status, spentMs: head.spentMs, nextAt: head.nextAt },
    ...{ bytes: body.length, crc: crc32(body), base64: isBase64 },
  })
  return STAYS.test(json) ? json : json.replace(/[^\u0020-\u007E]/g, escaped)
}

/** @returns null for what is no head, or one of another form */
export function decodeHead(text: string): MessageHead | null {
  const given = parsed(text)
  if (given?.form !== FORM) return null
  const { app, endpoint, base64 } = given
  const id = typeof given.id === 'string' && /^[0-9a-f]*$/.test(given.id) ? Buffer.from(given.id, 'hex') : null
  if (id?.length !== JOB_ID_BYTES || typeof app !== 'string' || typeof endpoint !== 'string') return null
  const numbers = NUMBERS.map((name) => given[name])
  if (!numbers.every(isCount) || typeof base64 !== 'boolean') return null
  const [life = 0, copy = 0, seq = 0, events = 0, attempts = 0, status = 0, bodyBytes = 0, crc = 0] = numbers
  const { firstEventAt, sealedAt, spentMs, nextAt } = given
  const times = [firstEventAt, sealedAt, spentMs, nextAt]
  if (!times.every(isTime)) return null
  const [first = 0, sealed = 0, spent = 0, next = 0] = times
  return {
    head: {
      id: Uint8Array.from(id),
      ...{ life, seq, target: { app, endpoint }, events, bodyBytes, attempts, status },
      ...{ firstEventAt: unixMs(first), sealedAt: unixMs(sealed), spentMs: spent, nextAt: next },
    },
    copy,
    isBase64: base64,
    crc,
  }
}

const NUMBERS = ['life', 'copy', 'seq', 'events', 'attempts', 'status', 'bytes', 'crc'] as const

/** @returns null when it is not what was sent */
export function decodeBody(text: string, { head, isBase64, crc }: MessageHead): Buffer | null {
  const body = bodyOf({ text, isBase64 })
  return body.length === head.bodyBytes && crc32(body) === crc ? body : null
}

/** The attributes of a message. */
export function attributesOf(head: JobHead, copy: number, body: Buffer, { isBase64 }: MessageText): MessageAttributes {
  return { [Attribute.Head]: { text: encodeHead(head, copy, body, isBase64) } }
}

/** The attributes of a dead letter, beside those of its message. */
export function deathAttributes({ cause, status, attempts, error, diedAt }: Death): MessageAttributes {
  return {
    [Attribute.Cause]: { text: printable(cause) },
    [Attribute.Status]: { number: status },
    [Attribute.Attempts]: { number: attempts },
    [Attribute.DiedAt]: { number: diedAt },
    ...(error === '' ? {} : { [Attribute.Error]: { text: printable(error) } }),
  }
}

/** @returns null for a message that is no dead letter */
export function decodeDeath(attributes: ReadonlyMap<string, string>, life: number): Death | null {
  const cause = attributes.get(Attribute.Cause)
  if (cause === undefined) return null
  const number = (name: string): number => {
    const value = Number(attributes.get(name))
    return Number.isFinite(value) ? value : 0
  }
  return {
    ...{ life, cause, error: attributes.get(Attribute.Error) ?? '' },
    attempts: number(Attribute.Attempts),
    status: number(Attribute.Status),
    diedAt: number(Attribute.DiedAt),
  }
}

/** Bytes of a message as SQS counts them. */
export function messageBytes(text: string, attributes: MessageAttributes): number {
  let bytes = Buffer.byteLength(text)
  for (const [name, value] of Object.entries(attributes)) {
    const [type, content] = 'text' in value ? ['String', value.text] : ['Number', String(value.number)]
    bytes += Buffer.byteLength(name) + type.length + Buffer.byteLength(content)
  }
  return bytes
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
