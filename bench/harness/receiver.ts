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
  /** From `emit` to receipt of the events that came since the last answer, in ms. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** The same of the oldest event of each request alone. */
  readonly oldestP99Ms: number
}

export interface ReceiverSettings {
  readonly secret: string
  /** Counts a delivery that comes again under its id once only. */
  readonly isDistinct?: boolean
}

const SAMPLE = 50
const TIME_MEMBER = Buffer.from('"time_ms":')
const TIME_DIGITS = 13
const DIGITS = 9
const DIGITS_UNIT = 10 ** DIGITS
const ZERO = 0x30
const LONGEST_MS = 60_000

const { secret, isDistinct = false } = JSON.parse(process.argv[2] ?? '{}') as ReceiverSettings
const seen = new Set<string>()
const counts = { requests: 0, events: 0, checked: 0, invalid: 0 }
/** Events by their age in ms. */
const ages = new Uint32Array(LONGEST_MS + 1)
/** The first event of each request. */
const oldest = new Uint32Array(LONGEST_MS + 1)

/** The envelope's time comes first, then one for every event, the oldest first. @returns how many events there are */
function takeEvents(body: Buffer): number {
  const nowDigits = Date.now() % DIGITS_UNIT
  let events = 0
  for (let at = next(body, body.indexOf(TIME_MEMBER)); at >= 0; at = next(body, at)) {
    const ageMs = ageOf(lastDigits(body, at + TIME_MEMBER.length), nowDigits)
    ages[ageMs] = (ages[ageMs] ?? 0) + 1
    if (events === 0) oldest[ageMs] = (oldest[ageMs] ?? 0) + 1
    events += 1
  }
  return events
}

function next(body: Buffer, at: number): number {
  return body.indexOf(TIME_MEMBER, at + TIME_MEMBER.length)
}

/** In ms, at least 0. The digits may have begun anew between the two. */
function ageOf(digits: number, nowDigits: number): number {
  const ageMs = nowDigits - digits
  return Math.min(Math.max(ageMs < -LONGEST_MS ? ageMs + DIGITS_UNIT : ageMs, 0), LONGEST_MS)
}

/** The last digits of the time at `at`: enough for an age, and a whole number of the machine's. */
function lastDigits(body: Buffer, at: number): number {
  let value = 0
  for (let index = at + TIME_DIGITS - DIGITS; index < at + TIME_DIGITS; index++)
    value = value * 10 + (body[index] ?? 0) - ZERO
  return value
}

function isRepeated(request: ReceivedRequest): boolean {
  if (!isDistinct) return false
  const id = request.header('webhook-id') ?? ''
  if (seen.has(id)) return true
  seen.add(id)
  return false
}

function quantile(counted: Uint32Array, share: number): number {
  let left = counted.reduce((sum, count) => sum + count, 0) * share
  return counted.findIndex((count) => {
    left -= count
    return left <= 0
  })
}

const sink = new Sink((request, answer) => {
  const { body } = request
  counts.requests += 1
  if (!isRepeated(request)) counts.events += takeEvents(body)
  if (counts.requests % SAMPLE === 1) {
    counts.checked += 1
    const expected = createHmac('sha256', secret).update(body).digest('hex')
    if (request.header('x-pusher-signature') !== expected) counts.invalid += 1
  }
  answer(200)
})
process.send?.({ port: await sink.listen() })
process.on('message', () => {
  process.send?.({
    ...counts,
    p50Ms: quantile(ages, 0.5),
    p99Ms: quantile(ages, 0.99),
    oldestP99Ms: quantile(oldest, 0.99),
  })
  ages.fill(0)
  oldest.fill(0)
})
process.on('disconnect', () => process.exit())
