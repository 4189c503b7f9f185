import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { blockedTypes, Pressure } from '../../src/gather/pressure.js'
import { eventTypeOf } from '../../src/ring/event-types.js'
import { holderOf } from './support/holders.js'

const test = suite('pressure')

const SHARE = 0.125
const RING_BYTES = 500

/** Whether an endpoint counts as full after each of these amounts. */
function fullAfter(amounts: readonly number[], freeBytes = 8000): boolean[] {
  const pressure = new Pressure(SHARE, 0, () => freeBytes)
  const holder = holderOf(1)
  return amounts.map((heldBytes) => {
    holder.heldBytes = heldBytes
    pressure.update(holder)
    return holder.isFull
  })
}

test('an endpoint is full above its share of what is free', () => {
  assert.equal(fullAfter([1000, 1001]), [false, true])
})

test('a full endpoint has room again below three quarters of its share', () => {
  assert.equal(fullAfter([1001, 1000, 751, 750]), [true, true, true, false])
})

test('the share shrinks with what is free', () => {
  let freeBytes = 8000
  const pressure = new Pressure(SHARE, 0, () => freeBytes)
  const holder = holderOf(1)
  holder.heldBytes = 600
  const before = pressure.update(holder)
  freeBytes = 4000
  assert.equal([before, pressure.update(holder), holder.isFull], [false, true, true])
})

test('a change is told once', () => {
  const pressure = new Pressure(SHARE, 0, () => 8000)
  const holder = holderOf(1)
  holder.heldBytes = 2000
  assert.equal([pressure.update(holder), pressure.update(holder)], [true, false])
})

test('the hard limit is twice the share and the ring', () => {
  const pressure = new Pressure(SHARE, RING_BYTES, () => 8000)
  const holder = holderOf(1)
  const over = [2000, 3000, 3001].map((heldBytes) => {
    holder.heldBytes = heldBytes
    pressure.update(holder)
    return pressure.isOverHardLimit(holder)
  })
  assert.equal(over, [false, false, true])
})

test('none of many endpoints takes more than its share of what was free before it, and a slab', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 10, max: 400 }), (count, slabBytes) => {
      let freeBytes = 1_000_000
      const pressure = new Pressure(SHARE, 0, () => freeBytes)
      for (let number = 0; number < count && freeBytes > 2 * slabBytes; number++) {
        const holder = holderOf(number)
        const mostBytes = SHARE * freeBytes + slabBytes
        while (!holder.isFull) {
          holder.heldBytes += slabBytes
          freeBytes -= slabBytes
          pressure.update(holder)
        }
        assert.ok(holder.heldBytes <= mostBytes, `${holder.heldBytes} of ${mostBytes}`)
      }
    }),
    { numRuns: 50 },
  )
})

test('a type is blocked when every endpoint that wants it is full', () => {
  const full = holderOf(1, { eventTypes: ['client_event', 'cache_miss'] })
  const idle = holderOf(2, { eventTypes: ['client_event'] })
  full.isFull = true
  assert.is(blockedTypes([full, idle]), 1 << eventTypeOf('cache_miss'))
})

test('an endpoint that gets no new events blocks nothing and unblocks nothing', () => {
  const full = holderOf(1, { eventTypes: ['client_event'] })
  const gone = holderOf(2, { eventTypes: ['client_event', 'cache_miss'] }, false)
  full.isFull = true
  gone.isFull = false
  assert.is(blockedTypes([full, gone]), 1 << eventTypeOf('client_event'))
})

test('nothing is blocked when nobody is full', () => {
  assert.is(blockedTypes([holderOf(1), holderOf(2)]), 0)
})

test('custom names are one type together', () => {
  const full = holderOf(1, { eventTypes: ['invoice_paid'] })
  full.isFull = true
  assert.is(blockedTypes([full]), 1)
})

test.run()
