import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { outcomeOfStatus, verdictOf } from '../../src/transport/http-status.js'

const status = suite('status')

const RETRIED = [407, 408, 409, 425, 429]

status('of the 2xx class means delivered', () => {
  fc.assert(fc.property(fc.integer({ min: 200, max: 299 }), (code) => verdictOf(code) === 'delivered'))
})

status('of the 3xx class is a redirect', () => {
  fc.assert(fc.property(fc.integer({ min: 300, max: 399 }), (code) => verdictOf(code) === 'redirect'))
})

status('of the 5xx class is tried again', () => {
  fc.assert(fc.property(fc.integer({ min: 500, max: 599 }), (code) => verdictOf(code) === 'retry'))
})

status('of the 4xx class is final, save those that tell of a moment, of the endpoint or of the size', () => {
  const codes = Array.from({ length: 100 }, (_, index) => 400 + index)
  const retried = codes.filter((code) => verdictOf(code) === 'retry')
  const others = codes.filter((code) => verdictOf(code) !== 'retry' && verdictOf(code) !== 'final')
  assert.equal([retried, others], [RETRIED, [410, 413]])
})

status('outside of the classes is final', () => {
  assert.equal([0, 100, 199, 600, 999].map(verdictOf), Array(5).fill('final'))
})

status('410 stops the endpoint', () => {
  const outcome = outcomeOfStatus(410, undefined, 'host:80', 0)
  assert.is(outcome.kind === 'rejected' && outcome.stop, true)
})

status('404 does not stop the endpoint', () => {
  const outcome = outcomeOfStatus(404, undefined, 'host:80', 0)
  assert.is(outcome.kind === 'rejected' && outcome.stop, false)
})

status('503 carries the wait that the receiver asks for', () => {
  const outcome = outcomeOfStatus(503, '7', 'host:80', 0)
  assert.is(outcome.kind === 'retry' && outcome.retryAfterMs, 7000)
})

status('500 without Retry-After leaves the wait open', () => {
  const outcome = outcomeOfStatus(500, undefined, 'host:80', 0)
  assert.is(outcome.kind === 'retry' && outcome.retryAfterMs, null)
})

status.run()
