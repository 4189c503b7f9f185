import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Deadlines } from '../../src/gather/deadlines.js'

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

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
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
  begin(deadlines, 16, START_MS)
  assert.equal([...byMs(deadlines)], [[50, 16]])
})

test('a crowd of the same moment comes no earlier than it takes', () => {
  const deadlines = new Deadlines(WINDOW_MS)
  begin(deadlines, 64, START_MS)
  assert.equal(
    [...byMs(deadlines)],
    [47, 48, 49, 50].map((ms) => [ms, 16]),
  )
})

test('a large crowd of the same moment is spread over half of the window', () => {
  const deadlines = new Deadlines(WINDOW_MS)
  begin(deadlines, 1040, START_MS)
  const counts = byMs(deadlines)
  assert.equal([...counts.keys()], range(25, 50))
  assert.ok(Math.max(...counts.values()) <= 40, [...counts.values()].join(' '))
})

test('batches that began in step are out of step a window later', () => {
  const deadlines = new Deadlines(WINDOW_MS)
  begin(deadlines, 1000, START_MS)
  const counts: number[] = []
  for (let ms = 0; ms < 500; ms++) {
    let taken = 0
    while (deadlines.takeDue(START_MS + ms) !== undefined) taken += 1
    begin(deadlines, taken, START_MS + ms)
    if (ms >= 450) counts.push(taken)
  }
  assert.ok(Math.max(...counts) <= 26, counts.join(' '))
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

test('an event that is half as old as the window waits no shorter for others', () => {
  const deadlines = new Deadlines(WINDOW_MS)
  for (let batch = 0; batch < 100; batch++) deadlines.add(0, 0, batch, START_MS + 25, START_MS)
  assert.equal([...byMs(deadlines)], [[25, 100]])
})

test('a short window is spread as well', () => {
  const deadlines = new Deadlines(10)
  begin(deadlines, 1000, START_MS, 10)
  assert.equal([...byMs(deadlines).keys()], range(5, 10))
})

test('a window of seconds is spread as one of milliseconds is', () => {
  const deadlines = new Deadlines(5000)
  begin(deadlines, 22_000, START_MS, 5000)
  const counts = byMs(deadlines)
  assert.equal(
    [...counts.keys()],
    range(37, 50).map((tick) => tick * 100),
  )
  assert.ok(Math.max(...counts.values()) <= 1600, [...counts.values()].join(' '))
})

test('whatever comes: none lost, none twice, none late, none before half of the window is over', () => {
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
          assert.ok(due.atMs >= begunMs + windowMs * 0.5, 'too early')
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
