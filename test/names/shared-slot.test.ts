import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createSlot, SharedSlot } from '../../src/names/shared-slot.js'

const slot = suite('a slot that threads share')

const LEASE_NS = 5_000_000_000n
const NOBODY = { who: -1, untilNs: 0n }

slot('is held by one at a time', () => {
  const memory = createSlot()
  const one = new SharedSlot(memory, () => 1n)
  const other = new SharedSlot(memory, () => 2n)
  const first = [one.take(), other.take()]
  one.release()
  assert.equal([...first, other.take(), one.take()], [true, false, true, false])
})

slot('is free again when its holder has said nothing for a lease, and only then', () => {
  let now = 1n
  const memory = createSlot()
  const dead = new SharedSlot(memory, () => now)
  const other = new SharedSlot(memory, () => now)
  dead.take()
  now += LEASE_NS - 1n
  const early = other.take()
  now += 1n
  assert.equal([early, other.take()], [false, true])
})

slot('stays with a holder that renews its lease', () => {
  let now = 1n
  const memory = createSlot()
  const holder = new SharedSlot(memory, () => now)
  const other = new SharedSlot(memory, () => now)
  holder.take()
  now += LEASE_NS - 1n
  holder.renew()
  now += LEASE_NS - 1n
  assert.is(other.take(), false)
})

slot('is left alone by a holder that was too late', () => {
  let now = 1n
  const memory = createSlot()
  const late = new SharedSlot(memory, () => now)
  const other = new SharedSlot(memory, () => now)
  late.take()
  now += LEASE_NS
  other.take()
  late.renew()
  late.release()
  now += LEASE_NS - 1n
  assert.is(new SharedSlot(memory, () => now).take(), false)
})

slot('never has two holders within a lease, whatever they do', () => {
  const step = fc.record({
    who: fc.nat(2),
    what: fc.constantFrom('take', 'renew', 'release'),
    passes: fc.bigInt({ min: 1n, max: LEASE_NS }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let now = 1n
      const memory = createSlot()
      const threads = Array.from({ length: 3 }, () => new SharedSlot(memory, () => now))
      let holder = NOBODY
      for (const { who, what, passes } of steps) {
        now += passes
        const thread = threads[who]
        const mayTake = now >= holder.untilNs
        const isHolder = holder.who === who
        if (what === 'take') assert.is(thread?.take(), mayTake)
        else thread?.[what]()
        if (what === 'take' ? mayTake : isHolder) {
          holder = what === 'release' ? NOBODY : { who, untilNs: now + LEASE_NS }
        }
      }
    }),
  )
})

slot.run()
