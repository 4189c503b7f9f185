import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MAX_RETRY_AFTER_MS, parseRetryAfter } from '../../src/transport/retry-after.js'

const retryAfter = suite('Retry-After')

const NOW = Date.UTC(1994, 10, 6, 8, 49, 0)

retryAfter('in seconds is a wait in ms', () => {
  const seconds = fc.integer({ min: 0, max: MAX_RETRY_AFTER_MS / 1000 })
  fc.assert(fc.property(seconds, (wait) => parseRetryAfter(String(wait), NOW) === wait * 1000))
})

retryAfter('as any HTTP date is the wait until then', () => {
  const whole = fc.integer({ min: 0, max: MAX_RETRY_AFTER_MS / 1000 })
  fc.assert(
    fc.property(whole, (seconds) => {
      const wait = seconds * 1000
      return parseRetryAfter(new Date(NOW + wait).toUTCString(), NOW) === wait
    }),
  )
})

for (const date of ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994']) {
  retryAfter(`reads the date form ${date}`, () => {
    assert.is(parseRetryAfter(date, NOW), 37_000)
  })
}

retryAfter('in the past means at once', () => {
  assert.is(parseRetryAfter('Sun, 06 Nov 1994 08:48:00 GMT', NOW), 0)
})

retryAfter('of years is cut down', () => {
  assert.is(parseRetryAfter('999999999999', NOW), MAX_RETRY_AFTER_MS)
})

for (const junk of ['', 'soon', '-1', '1.5', '5 apples', 'Sun, 99 Xxx 1994 08:49:37 GMT', '2030-01-01', '1e3']) {
  retryAfter(`is not heeded when it says ${JSON.stringify(junk)}`, () => {
    assert.is(parseRetryAfter(junk, NOW), null)
  })
}

retryAfter('of any text is null or a wait within bounds', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const wait = parseRetryAfter(text, NOW)
      return wait === null || (wait >= 0 && wait <= MAX_RETRY_AFTER_MS)
    }),
  )
})

retryAfter.run()
