import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BARE, ENVELOPE, writeTime } from '../../src/arena/body.js'
import { DeliveryIds } from '../../src/arena/delivery-ids.js'

const test = suite('request bodies')

/** Times whose milliseconds have 13 digits: September 2001 to November 2286. */
const anyTime = fc.integer({ min: 10 ** 12, max: 10 ** 13 - 1 })
const UUID_V4 = /^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length)
}

function timeText(timeMs: number): string {
  const bytes = Buffer.alloc(15, '-')
  writeTime(viewOf(bytes), 1, timeMs)
  return bytes.toString('latin1')
}

test('a time is its decimal digits', () => {
  fc.assert(fc.property(anyTime, (timeMs) => timeText(timeMs) === `-${timeMs}-`))
})

test('a time with a fraction is rounded down', () => {
  assert.is(timeText(1_700_000_000_123.999), '-1700000000123-')
})

test('an envelope around nothing is a body without events', () => {
  const body = Buffer.concat([ENVELOPE.prefix, ENVELOPE.suffix])
  writeTime(viewOf(body), ENVELOPE.timeAt, 1_700_000_000_123)
  assert.equal(JSON.parse(body.toString()), { time_ms: 1_700_000_000_123, events: [] })
})

test('a bare body is its event', () => {
  assert.is(BARE.prefix.length + BARE.suffix.length, 0)
})

test('delivery ids are version 4 UUIDs, written where they are wanted and nowhere else', () => {
  const ids = new DeliveryIds()
  const bytes = Buffer.alloc(18, '-')
  const wrong = []
  for (let count = 0; count < 1000; count++) {
    ids.write(bytes, 1)
    const text = `${bytes.toString('latin1', 0, 1)}${bytes.toString('hex', 1, 17)}${bytes.toString('latin1', 17)}`
    if (!text.startsWith('-') || !text.endsWith('-') || !UUID_V4.test(text.slice(1, -1))) wrong.push(text)
  }
  assert.equal(wrong, [])
})

test('no delivery id comes twice', () => {
  const ids = new DeliveryIds()
  const bytes = Buffer.alloc(16)
  const seen = new Set<string>()
  for (let count = 0; count < 2000; count++) {
    ids.write(bytes, 0)
    seen.add(bytes.toString('hex'))
  }
  assert.is(seen.size, 2000)
})

test.run()
