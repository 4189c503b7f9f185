import { createHmac } from 'node:crypto'
import type { ReceivedRequest } from '../../src/cli/load/request-reader.js'
import { Sink } from '../../src/cli/load/sink.js'

/** What the receiver's process tells: its port at first, then its counts whenever it is asked. */
export interface ReceiverCounts {
  readonly requests: number
  readonly events: number
  /** Requests whose signature was checked, one in `SAMPLE`, and how many of them were wrong. */
  readonly checked: number
  readonly invalid: number
  /** From `emit` to receipt of the oldest event of each request since the last answer, in ms. */
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface ReceiverSettings {
  readonly secret: string
  /** Counts a delivery that comes again under its id once only. */
  readonly isDistinct?: boolean
}

const SAMPLE = 50
const TIME_MEMBER = Buffer.from('"time_ms":')
const TIME_DIGITS = 13
const LONGEST_MS = 60_000

const { secret, isDistinct = false } = JSON.parse(process.argv[2] ?? '{}') as ReceiverSettings
const seen = new Set<string>()
const counts = { requests: 0, events: 0, checked: 0, invalid: 0 }
/** Requests by the age of their oldest event in ms. */
const ages = new Uint32Array(LONGEST_MS + 1)

/** Every event has one `time_ms`, and so has the envelope. */
function eventsIn(body: Buffer): number {
  let members = 0
  for (let at = body.indexOf(TIME_MEMBER); at >= 0; at = body.indexOf(TIME_MEMBER, at + TIME_MEMBER.length))
    members += 1
  return members - 1
}

/** The envelope's time comes first, then that of the first event, which is the oldest. */
function ageOf(body: Buffer): number {
  const envelopeAt = body.indexOf(TIME_MEMBER)
  const at = body.indexOf(TIME_MEMBER, envelopeAt + 1) + TIME_MEMBER.length
  return Date.now() - Number(body.toString('latin1', at, at + TIME_DIGITS))
}

function isRepeated(request: ReceivedRequest): boolean {
  if (!isDistinct) return false
  const id = request.header('webhook-id') ?? ''
  if (seen.has(id)) return true
  seen.add(id)
  return false
}

function quantile(share: number): number {
  let left = ages.reduce((sum, count) => sum + count, 0) * share
  return ages.findIndex((count) => {
    left -= count
    return left <= 0
  })
}

const sink = new Sink((request, answer) => {
  const { body } = request
  counts.requests += 1
  if (!isRepeated(request)) counts.events += eventsIn(body)
  const ageMs = Math.min(Math.max(ageOf(body), 0), LONGEST_MS)
  ages[ageMs] = (ages[ageMs] ?? 0) + 1
  if (counts.requests % SAMPLE === 1) {
    counts.checked += 1
    const expected = createHmac('sha256', secret).update(body).digest('hex')
    if (request.header('x-pusher-signature') !== expected) counts.invalid += 1
  }
  answer(200)
})
process.send?.({ port: await sink.listen() })
process.on('message', () => {
  process.send?.({ ...counts, p50Ms: quantile(0.5), p99Ms: quantile(0.99) })
  ages.fill(0)
})
process.on('disconnect', () => process.exit())
