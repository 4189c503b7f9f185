import { numberOf, unixMs } from '../../time/clocks.js'
import { JOB_ID_BYTES, type JobHead, type JobState } from '../job.js'
import type { Death } from '../job-store.js'

/** The form of heads. Entries of another one are left alone and counted. */
const FORM = 1

const HeadAt = {
  form: 0,
  status: 2,
  id: 4,
  life: 28,
  events: 32,
  bodyBytes: 36,
  attempts: 40,
  appBytes: 44,
  seq: 48,
  firstEventAt: 56,
  sealedAt: 64,
  spentMs: 72,
  nextAt: 80,
  names: 88,
} as const

export function encodeHead(head: JobHead): Buffer {
  const { app, endpoint } = head.target
  const appBytes = Buffer.byteLength(app)
  const bytes = Buffer.alloc(HeadAt.names + appBytes + Buffer.byteLength(endpoint))
  bytes.writeUInt8(FORM, HeadAt.form)
  bytes.writeUInt16LE(head.status, HeadAt.status)
  bytes.set(head.id, HeadAt.id)
  bytes.writeUInt32LE(head.life, HeadAt.life)
  bytes.writeUInt32LE(head.events, HeadAt.events)
  bytes.writeUInt32LE(head.bodyBytes, HeadAt.bodyBytes)
  bytes.writeUInt32LE(head.attempts, HeadAt.attempts)
  bytes.writeUInt32LE(appBytes, HeadAt.appBytes)
  bytes.writeDoubleLE(head.seq, HeadAt.seq)
  bytes.writeDoubleLE(numberOf(head.firstEventAt), HeadAt.firstEventAt)
  bytes.writeDoubleLE(numberOf(head.sealedAt), HeadAt.sealedAt)
  bytes.writeDoubleLE(head.spentMs, HeadAt.spentMs)
  bytes.writeDoubleLE(head.nextAt, HeadAt.nextAt)
  bytes.write(app, HeadAt.names)
  bytes.write(endpoint, HeadAt.names + appBytes)
  return bytes
}

/** @returns null for what is no head, or one of another form */
export function decodeHead(bytes: Buffer): JobHead | null {
  if (bytes.length < HeadAt.names || bytes.readUInt8(HeadAt.form) !== FORM) return null
  const endpointAt = HeadAt.names + bytes.readUInt32LE(HeadAt.appBytes)
  if (endpointAt > bytes.length) return null
  return {
    id: Uint8Array.from(bytes.subarray(HeadAt.id, HeadAt.id + JOB_ID_BYTES)),
    life: bytes.readUInt32LE(HeadAt.life),
    seq: bytes.readDoubleLE(HeadAt.seq),
    target: {
      app: bytes.toString('utf8', HeadAt.names, endpointAt),
      endpoint: bytes.toString('utf8', endpointAt),
    },
    events: bytes.readUInt32LE(HeadAt.events),
    firstEventAt: unixMs(bytes.readDoubleLE(HeadAt.firstEventAt)),
    sealedAt: unixMs(bytes.readDoubleLE(HeadAt.sealedAt)),
    bodyBytes: bytes.readUInt32LE(HeadAt.bodyBytes),
    attempts: bytes.readUInt32LE(HeadAt.attempts),
    status: bytes.readUInt16LE(HeadAt.status),
    spentMs: bytes.readDoubleLE(HeadAt.spentMs),
    nextAt: bytes.readDoubleLE(HeadAt.nextAt),
  }
}

export function encodeState({ attempts, status, spentMs, nextAt }: JobState): string {
  return [attempts, status, spentMs, nextAt].join(' ')
}

/** @returns null for what is no state */
export function decodeState(text: string): JobState | null {
  const [attempts, status, spentMs, nextAt] = text.split(' ').map(Number)
  if (attempts === undefined || status === undefined || spentMs === undefined || nextAt === undefined) return null
  if (![attempts, status, spentMs, nextAt].every(Number.isFinite)) return null
  return { attempts, status, spentMs, nextAt }
}

export function encodeDeath(death: Death): string {
  return JSON.stringify(death)
}

/** @returns null for what is no death */
export function decodeDeath(text: string): Death | null {
  try {
    const { life, attempts, status, cause, error, diedAt } = JSON.parse(text) as Record<keyof Death, unknown>
    if (![life, attempts, status, diedAt].every((value) => typeof value === 'number')) return null
    if (typeof cause !== 'string' || typeof error !== 'string') return null
    return { life, attempts, status, cause, error, diedAt } as Death
  } catch {
    return null
  }
}
