import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { writeTime } from '../../src/arena/body.js'

const test = suite('the time in a body')

const DIGITS = 13

function written(timeMs: number): string {
  const bytes = Buffer.alloc(DIGITS)
  writeTime(new DataView(bytes.buffer, bytes.byteOffset, DIGITS), 0, timeMs)
  return bytes.toString()
}

for (const timeMs of [0, 1, 999, 1_000_000, 946_684_805_000, 999_999_999_999, 1e12, 1_700_000_000_123, 1e13 - 1]) {
  test(`is ${timeMs} in ${DIGITS} bytes that JSON can read`, () => {
    const text = written(timeMs)
    assert.equal([JSON.parse(text), text.length], [timeMs, DIGITS])
  })
}

for (const [timeMs, shown] of [
  [-5, 0],
  [Number.NaN, 0],
  [1e14, 1e13 - 1],
] as const) {
  test(`is the nearest that can be said for ${timeMs}`, () => {
    assert.is(JSON.parse(written(timeMs)), shown)
  })
}

test.run()
