import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Bulkhead, type Passage } from '../../src/courier/bulkhead.js'

const test = suite('bulkhead')

const SLOW_AFTER_MS = 1000

/** Makes a request of each of these endpoints that has room. */
function enterAll(bulkhead: Bulkhead, endpoints: readonly number[], nowMs: number): Passage[] {
  return endpoints.flatMap((endpoint) =>
    bulkhead.askForRoom(endpoint, nowMs) ? [bulkhead.enter(endpoint, nowMs)] : [],
  )
}

/** Gives turns until nobody has one; an endpoint makes one request a turn and wants another afterwards. */
function serve(bulkhead: Bulkhead, nowMs: number): number[] {
  const served: number[] = []
  for (let next = bulkhead.takeTurn(nowMs); next !== undefined; next = bulkhead.takeTurn(nowMs)) {
    bulkhead.enter(next, nowMs)
    bulkhead.askForRoom(next, nowMs)
    served.push(next)
  }
  return served
}

function only(passages: readonly Passage[]): Passage {
  const [passage, ...others] = passages
  if (passage === undefined || others.length > 0) throw new Error(`${passages.length} passages are not one`)
  return passage
}

test('has room up to its capacity', () => {
  const bulkhead = new Bulkhead(2, SLOW_AFTER_MS)
  bulkhead.enter(1, 0)
  bulkhead.enter(2, 0)
  assert.not.ok(bulkhead.askForRoom(3, 0))
})

test('gives a place that has become free to who waits longest', () => {
  const bulkhead = new Bulkhead(1, SLOW_AFTER_MS)
  const passage = bulkhead.enter(1, 0)
  bulkhead.askForRoom(2, 0)
  bulkhead.askForRoom(3, 0)
  bulkhead.leave(passage, 10)
  assert.is(bulkhead.takeTurn(10), 2)
})

test('lets nobody overtake the line', () => {
  const bulkhead = new Bulkhead(1, SLOW_AFTER_MS)
  const passage = bulkhead.enter(1, 0)
  bulkhead.askForRoom(2, 0)
  bulkhead.leave(passage, 10)
  assert.not.ok(bulkhead.askForRoom(1, 10))
})

test('keeps the place of a turn that is not used for nobody', () => {
  const bulkhead = new Bulkhead(1, SLOW_AFTER_MS)
  const passage = bulkhead.enter(1, 0)
  bulkhead.askForRoom(2, 0)
  bulkhead.askForRoom(3, 0)
  bulkhead.leave(passage, 10)
  bulkhead.takeTurn(10)
  assert.is(bulkhead.takeTurn(10), 3)
})

test('lets endpoints take turns, whatever their backlogs', () => {
  const bulkhead = new Bulkhead(2, SLOW_AFTER_MS)
  const first = enterAll(bulkhead, [1, 2], 0)
  enterAll(bulkhead, [1, 2, 3, 4], 0)
  for (const passage of first) bulkhead.leave(passage, 10)
  assert.equal(serve(bulkhead, 10), [1, 2])
})

test('makes an endpoint that has had its turn wait for the others', () => {
  const bulkhead = new Bulkhead(1, SLOW_AFTER_MS)
  const order: number[] = []
  let passage = only(enterAll(bulkhead, [1, 2, 3], 0))
  bulkhead.askForRoom(1, 0)
  for (let nowMs = 1; nowMs <= 6; nowMs++) {
    bulkhead.leave(passage, nowMs)
    const next = bulkhead.takeTurn(nowMs)
    if (next === undefined) throw new Error('nobody is in line')
    order.push(next)
    passage = bulkhead.enter(next, nowMs)
    bulkhead.askForRoom(next, nowMs)
  }
  assert.equal(order, [2, 3, 1, 2, 3, 1])
})

test('has room for others once those that hang count as slow', () => {
  const bulkhead = new Bulkhead(2, SLOW_AFTER_MS)
  enterAll(bulkhead, [1, 2], 0)
  assert.ok(bulkhead.askForRoom(3, SLOW_AFTER_MS))
})

test('tells when those in line get a place at the latest', () => {
  const bulkhead = new Bulkhead(1, SLOW_AFTER_MS)
  bulkhead.enter(1, 50)
  bulkhead.askForRoom(2, 60)
  assert.is(bulkhead.nextAtMs, 50 + SLOW_AFTER_MS)
})

test('asks for no wake-up while nobody is in line', () => {
  const bulkhead = new Bulkhead(1, SLOW_AFTER_MS)
  bulkhead.enter(1, 50)
  assert.is(bulkhead.nextAtMs, Number.POSITIVE_INFINITY)
})

test('lets endpoints that hang hold up nobody but each other', () => {
  const bulkhead = new Bulkhead(2, SLOW_AFTER_MS)
  enterAll(bulkhead, [1, 2], 0)
  const laterMs = SLOW_AFTER_MS + 1
  assert.equal(
    [1, 2, 3, 4].map((endpoint) => bulkhead.askForRoom(endpoint, laterMs)),
    [false, false, true, true],
  )
})

test('takes an endpoint among the brisk ones again when it answers in time', () => {
  const bulkhead = new Bulkhead(2, SLOW_AFTER_MS)
  const hung = only(enterAll(bulkhead, [1], 0))
  const quick = only(enterAll(bulkhead, [1], SLOW_AFTER_MS))
  bulkhead.enter(1, SLOW_AFTER_MS)
  bulkhead.leave(hung, SLOW_AFTER_MS + 1)
  bulkhead.leave(quick, SLOW_AFTER_MS + 2)
  assert.ok(bulkhead.askForRoom(1, SLOW_AFTER_MS + 3))
})

test('tells the most requests at once since it was last asked', () => {
  const bulkhead = new Bulkhead(8, SLOW_AFTER_MS)
  const passages = enterAll(bulkhead, [1, 2, 3], 0)
  for (const passage of passages.slice(1)) bulkhead.leave(passage, 1)
  assert.equal([bulkhead.takePeak(), bulkhead.takePeak()], [3, 1])
})

const STEPS = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('want' as const), value: fc.nat(9) }),
    fc.record({ kind: fc.constant('end' as const), value: fc.nat(30) }),
    fc.record({ kind: fc.constant('wait' as const), value: fc.nat(700) }),
  ),
  { maxLength: 200 },
)

/** Endpoints that make a request whenever they may, and time. */
class Traffic {
  nowMs = 0
  readonly made: Passage[] = []
  readonly wanting = new Set<number>()
  readonly steps = {
    want: (endpoint: number) => {
      if (this.bulkhead.askForRoom(endpoint, this.nowMs)) this.enter(endpoint)
      else this.wanting.add(endpoint)
    },
    end: (which: number) => {
      const [ended] = this.made.splice(which % Math.max(this.made.length, 1), 1)
      if (ended !== undefined) this.bulkhead.leave(ended, this.nowMs)
    },
    wait: (ms: number) => {
      this.nowMs += ms
    },
  }

  constructor(private readonly bulkhead: Bulkhead) {}

  /** Requests that cannot be slow ones yet, of whatever compartment. */
  get young(): number {
    return this.made.filter(({ enteredAtMs }) => this.nowMs - enteredAtMs < SLOW_AFTER_MS).length
  }

  serve(): void {
    const { bulkhead, nowMs } = this
    for (let next = bulkhead.takeTurn(nowMs); next !== undefined; next = bulkhead.takeTurn(nowMs)) {
      assert.ok(this.wanting.delete(next), `endpoint ${next} had not asked`)
      this.enter(next)
    }
  }

  private enter(endpoint: number): void {
    this.made.push(this.bulkhead.enter(endpoint, this.nowMs))
  }
}

test('bounds the requests, leaves no place free that is wanted, and counts right', () => {
  fc.assert(
    fc.property(STEPS, fc.integer({ min: 1, max: 4 }), (steps, capacity) => {
      const bulkhead = new Bulkhead(capacity, SLOW_AFTER_MS)
      const traffic = new Traffic(bulkhead)
      for (const { kind, value } of steps) {
        traffic.steps[kind](value)
        traffic.serve()
        assert.is(bulkhead.size, traffic.made.length)
        assert.ok(traffic.young <= 2 * capacity, `${traffic.young} young requests in ${2 * capacity} places`)
        assert.ok(traffic.wanting.size === 0 || bulkhead.size >= capacity, 'somebody waits beside a free place')
      }
    }),
  )
})

test.run()
