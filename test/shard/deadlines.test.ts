import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Deadlines } from '../../src/shard/deadlines.js'

const test = suite('deadlines')

const WINDOW_MS = 50
const START_MS = 1_700_000_000_000
const LATER_MS = 2 * START_MS

/** Deadlines of batches that begin at their first event. */
function begin(deadlines: Deadlines, batches: number, nowMs: number, windowMs = WINDOW_MS): void {
  for (let batch = 0; batch < batches; batch++) deadlines.add(0, 0, batch, nowMs + windowMs, nowMs)
}

/** Takes all. @returns how many come in which millisecond after `START_MS` */
function byMs(deadlines: Deadlines): Map<number, number> {
  const counts = new Map<number, number>()
  for (let due = deadlines.takeDue(LATER_MS); due !== undefined; due = deadlines.takeDue(LATER_MS)) {
    const ms = due.atMs - START_MS
    counts.set(ms, (counts.get(ms) ?? 0) + 1)
  }
  return counts
}

test('are never due when there are none', () => {
  const deadlines = new Deadlines(WINDOW_MS)
  assert.is(deadlines.nextAtMs, Number.POSITIVE_INFINITY)
  assert.is(deadlines.takeDue(Number.MAX_VALUE), undefined)
})

test('give what was asked for at its time, nothing before', () => {
  const deadlines = new Deadlines(WINDOW_MS)
  deadlines.add(1, 2, 3, START_MS + WINDOW_MS, START_MS)
  assert.is(deadlines.takeDue(START_MS + WINDOW_MS - 0.1), undefined)
  assert.equal(deadlines.takeDue(START_MS + WINDOW_MS), {
    app: 1,
    endpoint: 2,
    generation: 3,
    atMs: START_MS + WINDOW_MS,
  })
})

test('a few of the same moment all come at their time', () => {
  const deadlines = new Deadlines(WINDOW_MS)
  begin(deadlines, 8, START_MS)
  assert.equal([...byMs(deadlines)], [[50, 8]])
})

test('a crowd of the same moment is spread over a fifth of the window', () => {
  const deadlines = new Deadlines(WINDOW_MS)
  begin(deadlines, 220, START_MS)
  const counts = byMs(deadlines)
  assert.equal([...counts.keys()], [40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50])
  assert.ok(Math.max(...counts.values()) <= 22, [...counts.values()].join(' '))
})

test('a steady flow, even or not quite, keeps its times', () => {
  const deadlines = new Deadlines(WINDOW_MS)
  for (let ms = 0; ms < 1000; ms++) {
    begin(deadlines, ms % 2 === 0 ? 19 : 21, START_MS + ms)
    for (let due = deadlines.takeDue(START_MS + ms); due !== undefined; due = deadlines.takeDue(START_MS + ms)) {
      if (ms > 2 * WINDOW_MS) assert.is(due.atMs, START_MS + ms)
    }
  }
})

test('an event that is nearly as old as the window does not leave alone', () => {
  const deadlines = new Deadlines(WINDOW_MS)
  for (let batch = 0; batch < 100; batch++) deadlines.add(0, 0, batch, START_MS + 4, START_MS)
  assert.equal([...byMs(deadlines)], [[4, 100]])
})

test('a window of seconds is spread as one of milliseconds is', () => {
  const deadlines = new Deadlines(5000)
  begin(deadlines, 22_000, START_MS, 5000)
  const counts = byMs(deadlines)
  assert.equal([...counts.keys()], [4000, 4100, 4200, 4300, 4400, 4500, 4600, 4700, 4800, 4900, 5000])
  assert.ok(Math.max(...counts.values()) <= 2200, [...counts.values()].join(' '))
})

test('whatever comes: none lost, none twice, none late, none early by more than a fifth of what was left', () => {
  const step = fc.record({
    waitMs: fc.double({ min: 0, max: 60, noNaN: true }),
    begun: fc.nat(300),
    isLate: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.constantFrom(1, 7, 50, 1000), (steps, windowMs) => {
      const deadlines = new Deadlines(windowMs)
      const begunAtMs: number[] = []
      const taken = new Set<number>()
      const takeUntil = (nowMs: number) => {
        for (let due = deadlines.takeDue(nowMs); due !== undefined; due = deadlines.takeDue(nowMs)) {
          const begunMs = begunAtMs[due.generation] ?? Number.NaN
          assert.ok(!taken.has(due.generation), 'twice')
          assert.ok(due.atMs <= begunMs + windowMs, 'late')
          assert.ok(due.atMs >= begunMs + windowMs * 0.8, 'too early')
          assert.ok(due.atMs <= nowMs, 'before it is due')
          taken.add(due.generation)
        }
        assert.ok(deadlines.nextAtMs > nowMs)
      }
      let nowMs = START_MS
      for (const { waitMs, begun, isLate } of steps) {
        nowMs += waitMs
        for (let count = 0; count < begun; count++) {
          deadlines.add(0, 0, begunAtMs.length, nowMs + windowMs, nowMs)
          begunAtMs.push(nowMs)
        }
        if (!isLate) takeUntil(nowMs)
      }
      takeUntil(nowMs + windowMs)
      assert.is(taken.size, begunAtMs.length)
    }),
    { numRuns: 100 },
  )
})

test.run()
