import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EventMix, eventTypesOf, fillerFor, KINDS, type Mix } from '../../../src/cli/load/mix.js'
import { mixText, parseMix } from '../../../src/cli/load/mix-text.js'
import { seededRandom } from '../../../src/cli/load/random.js'
import type { AppHandle } from '../../../src/index.js'

const test = suite('load mix')
const MARK = '@1.2;'

/** Calls by the name of the method. */
function callsOf(mix: Mix, events: number): Record<string, unknown[][]> {
  const calls: Record<string, unknown[][]> = {}
  const app = new Proxy({} as AppHandle, {
    get:
      (_, method: string) =>
      (...args: unknown[]) => {
        calls[method] = [...(calls[method] ?? []), args]
        return true
      },
  })
  const dealt = new EventMix(mix, seededRandom(1))
  for (let number = 0; number < events; number++) dealt.emit(number, app, MARK, fillerFor(100, MARK.length))
  return calls
}

test('deals out kinds by their shares', () => {
  const { memberAdded = [], memberRemoved = [], clientEvent = [] } = callsOf({ member: 3, client: 1 }, 4000)
  const parts = [memberAdded, memberRemoved, clientEvent].map(({ length }) => Math.round(length / 100) / 10)
  assert.equal(parts, [1.5, 1.5, 1])
})

test('leaves out what has no share', () => {
  assert.equal(Object.keys(callsOf({ member: 0, count: 1 }, 100)), ['subscriptionCount'])
})

for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
  test(`puts the mark into every event of the kind ${kind}`, () => {
    const calls = Object.values(callsOf({ [kind]: 1 }, 10)).flat()
    assert.ok(calls.length === 10 && calls.every((args) => JSON.stringify(args).includes(MARK)))
  })
}

test('fills the data of client events up to its size, as JSON', () => {
  const [[event]] = (callsOf({ client: 1 }, 1).clientEvent ?? [[]]) as [[{ data: string }]]
  assert.ok(event.data.length === 100 && typeof JSON.parse(event.data) === 'object')
})

test('leaves out the filler where there is no room for it', () => {
  assert.is(fillerFor(1, 10), '"}')
})

test('names the event types that it is made of', () => {
  assert.equal(eventTypesOf({ member: 1, 'cache-miss': 1 }), ['member_added', 'member_removed', 'cache_miss'])
})

test('is read as it is written', () => {
  assert.is(mixText(parseMix('member=60, client=30.5')), 'member=60,client=30.5')
})

for (const wrong of ['', 'member', 'member=', 'member=-1', 'nobody=1', 'member=0', 'member=1,member=2']) {
  test(`refuses ${JSON.stringify(wrong)}`, () => {
    assert.throws(() => parseMix(wrong), /Expected .* with kinds of member, channel/)
  })
}

test.run()
