import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type NextStep, Pace } from '../../src/storage/pace.js'

const test = suite('the pace of commits')

/** A pace whose last commit was at 1000 ms. */
function paceAt1000(): Pace {
  const pace = new Pace()
  pace.committed(1000, true)
  return pace
}

const commit = (isTidying = false): NextStep => ({ kind: 'commit', isTidying })

test('commits at most every 5 ms', () => {
  const pace = paceAt1000()
  assert.equal([pace.next(true, false, 1002), pace.next(true, false, 1005)], [{ kind: 'wait', ms: 3 }, commit()])
})

test('commits as seldom as the store wants', () => {
  const pace = new Pace(20)
  pace.committed(1000, true)
  assert.equal([pace.next(true, false, 1005), pace.next(true, false, 1020)], [{ kind: 'wait', ms: 15 }, commit()])
})

test('commits at once when somebody waits', () => {
  assert.equal(paceAt1000().next(true, true, 1001), commit())
})

test('goes to rest when nothing has come for some looks, and not before', () => {
  const pace = paceAt1000()
  const steps = Array.from({ length: 30 }, () => pace.next(false, false, 1010).kind)
  assert.equal([steps[0], steps.at(-1)], ['wait', 'rest'])
})

test('lets the store tidy every second, with nothing to store too', () => {
  assert.equal(paceAt1000().next(false, false, 2000), commit(true))
})

test('waits longer after each failure, up to five seconds, and not after a success', () => {
  const pace = paceAt1000()
  const waits = Array.from({ length: 10 }, () => {
    pace.failed(1000)
    const step = pace.next(true, true, 1000)
    return step.kind === 'wait' ? step.ms : 0
  })
  pace.committed(1000, false)
  assert.equal([waits[0], waits[1], waits.at(-1), pace.next(true, true, 1000)], [50, 100, 5000, commit()])
})

test('offers jobs to a full store again after a while', () => {
  const pace = paceAt1000()
  pace.wasFull(1000)
  assert.equal([pace.mayOffer(1099), pace.mayOffer(1100)], [false, true])
})

test.run()
