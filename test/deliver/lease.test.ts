import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Lease } from '../../src/deliver/lease.js'
import type { EndpointNumber } from '../../src/indexes.js'

const test = suite('a lease')

const ENDPOINT = 7 as EndpointNumber

function leaseOf(isOurs: () => boolean): Lease {
  return new Lease({ askForRoom: () => true }, { mayAttempt: isOurs })
}

test('lets attempts begin while it lasts', () => {
  const lease = leaseOf(() => true)
  assert.equal([lease.askForRoom(ENDPOINT, 0), lease.nextAtMs], [true, Number.POSITIVE_INFINITY])
})

test('keeps attempts from beginning when it is over, and has them tried again when it lasts anew', () => {
  let isOurs = false
  const lease = leaseOf(() => isOurs)
  const before = lease.askForRoom(ENDPOINT, 0)
  const early = [...lease.takeWaiting(lease.nextAtMs)]
  isOurs = true
  assert.equal([before, early, [...lease.takeWaiting(lease.nextAtMs)]], [false, [], [ENDPOINT]])
})

test('has nobody tried again twice', () => {
  let isOurs = false
  const lease = leaseOf(() => isOurs)
  lease.askForRoom(ENDPOINT, 0)
  isOurs = true
  const first = [...lease.takeWaiting(lease.nextAtMs)]
  assert.equal([first, [...lease.takeWaiting(1_000_000)]], [[ENDPOINT], []])
})

test.run()
