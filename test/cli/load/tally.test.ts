import { createHmac } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TICKS_PER_MS } from '../../../src/cli/load/clock.js'
import { Histogram } from '../../../src/cli/load/histogram.js'
import { secretOf } from '../../../src/cli/load/settings.js'
import { type TalliedRequest, Tally } from '../../../src/cli/load/tally.js'
import { SETTINGS } from './support.js'

const test = suite('what a receiver of signpost load counts')
const EPOCH_MS = 1000

function tally(changes: Partial<typeof SETTINGS> = {}): Tally {
  const started = new Tally({ ...SETTINGS, ...changes })
  started.startAt(EPOCH_MS)
  return started
}

function signed(body: string, key = 'app-0', sent = body): TalliedRequest {
  const signature = createHmac('sha256', secretOf(key)).update(body).digest('hex')
  const headers = new Map([
    ['x-pusher-key', key],
    ['x-pusher-signature', signature],
  ])
  return { body: Buffer.from(sent), header: (name) => headers.get(name) }
}

test('an event is new once for each endpoint', () => {
  const counted = tally()
  counted.accept(0, signed('@5.0;'), EPOCH_MS)
  counted.accept(1, signed('@5.0;@6.0;'), EPOCH_MS)
  counted.accept(1, signed('@6.0;'), EPOCH_MS)
  const { received, repeated, requests } = counted.report(1)
  assert.equal([received, repeated, requests], [3, 1, 3])
})

test('latency goes from when an event was due', () => {
  const counted = tally()
  counted.accept(0, signed(`@1.${2 * TICKS_PER_MS};`), EPOCH_MS + 5)
  assert.is(counted.report(1).latency.max, 3 * TICKS_PER_MS)
})

test('events of the warm-up count, but not their latency', () => {
  const counted = tally({ warmUpSeconds: 1 })
  counted.accept(0, signed(`@1.0;@2.${1000 * TICKS_PER_MS};`), EPOCH_MS + 1500)
  const { received, latency } = counted.report(1)
  const histogram = new Histogram()
  histogram.add(latency)
  assert.equal([received, histogram.count], [2, 1])
})

test('a wrong signature is told', () => {
  const counted = tally()
  counted.accept(0, signed('@1.0;', 'app-0', '@2.0;'), EPOCH_MS)
  assert.is(counted.report(1).wrongSignatures, 1)
})

test('one signature in so many is checked', () => {
  const counted = tally({ verify: 3 })
  for (let number = 0; number < 7; number++) counted.accept(0, signed(`@${number}.0;`), EPOCH_MS)
  assert.is(counted.report(1).checked, 3)
})

test('no signature is checked when nobody asks for it', () => {
  const counted = tally({ verify: 0 })
  counted.accept(0, signed('@1.0;'), EPOCH_MS)
  assert.is(counted.report(1).checked, 0)
})

test('a refused request is not received', () => {
  const counted = tally()
  counted.refuse()
  const { requests, failed, received } = counted.report(1)
  assert.equal([requests, failed, received], [1, 1, 0])
})

test('what comes to no known endpoint is told', () => {
  const counted = tally()
  counted.accept(9, signed('@1.0;'), EPOCH_MS)
  assert.is(counted.report(1).unreadable, 1)
})

test.run()
