import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CoarseClock } from '../../src/router/coarse-clock.js'
import { Turn } from '../../src/router/turn.js'

const test = suite('coarse clock')

/** A clock whose time and turns are set by hand. */
function rig() {
  let nowMs = 1000
  let readings = 0
  const awaited: (() => void)[] = []
  const turn = new Turn((turnEnded) => awaited.push(turnEnded))
  const clock = new CoarseClock(turn, () => {
    readings += 1
    return nowMs
  })
  return {
    clock,
    pass: (ms: number) => {
      nowMs += ms
    },
    endTurn: () => {
      for (const turnEnded of awaited.splice(0)) turnEnded()
    },
    call: (times: number) => {
      for (let count = 0; count < times; count++) clock.now()
    },
    get readings() {
      return readings
    },
    get awaited() {
      return awaited.length
    },
    get nowMs() {
      return nowMs
    },
  }
}

test('a few events of a turn each get a reading, and no end of a turn is awaited', () => {
  const one = rig()
  one.call(7)
  assert.equal([one.readings, one.awaited], [7, 0])
})

test('in a burst one reading serves eight calls', () => {
  const one = rig()
  one.call(8 + 7 + 8 * 100)
  assert.is(one.readings, 8 + 100)
})

test('the end of a turn is awaited once, however long the burst', () => {
  const one = rig()
  one.call(1000)
  assert.is(one.awaited, 1)
})

test('the next turn begins with a reading', () => {
  const one = rig()
  one.call(10)
  one.endTurn()
  one.pass(5000)
  assert.is(one.clock.now(), one.nowMs)
})

test('single events of many turns within a millisecond each get the time of their turn', () => {
  const one = rig()
  for (let turn = 0; turn < 100; turn++) {
    assert.is(one.clock.now(), one.nowMs)
    one.endTurn()
    if (turn % 20 === 0) one.pass(1)
  }
})

test('a slow burst, of one event a millisecond, gets readings only', () => {
  const one = rig()
  for (let count = 0; count < 50; count++) {
    assert.is(one.clock.now(), one.nowMs)
    one.pass(1)
  }
  assert.is(one.awaited, 0)
})

test('whatever comes in whatever order: never later than now, never of an earlier turn, at most seven calls behind', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('call' as const), times: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ kind: fc.constant('pass' as const), times: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('turn' as const), times: fc.constant(1) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const one = rig()
      let turnBeganMs = one.nowMs
      const latest: number[] = []
      for (const { kind, times } of steps) {
        if (kind === 'pass') one.pass(times)
        if (kind === 'turn') {
          one.endTurn()
          turnBeganMs = one.nowMs
          latest.length = 0
        }
        for (let count = 0; kind === 'call' && count < times; count++) {
          latest.push(one.nowMs)
          const told = one.clock.now()
          assert.ok(told <= one.nowMs, 'later than now')
          assert.ok(told >= turnBeganMs, 'of an earlier turn')
          assert.ok(told >= (latest.at(-8) ?? turnBeganMs), 'more than seven calls behind')
        }
      }
    }),
  )
})

test('by itself it takes the system’s time, and a turn ends before a callback that waits', async () => {
  const clock = new CoarseClock(new Turn())
  const startMs = Date.now()
  for (let count = 0; count < 100; count++) clock.now()
  await new Promise((resolve) => setImmediate(resolve))
  while (Date.now() === startMs);
  const beforeMs = Date.now()
  const toldMs = clock.now()
  assert.ok(toldMs >= beforeMs && toldMs <= Date.now())
})

test.run()
