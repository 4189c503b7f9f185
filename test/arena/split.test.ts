import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import type { Batches } from '../../src/arena/batches.js'
import { eventEnds } from '../../src/arena/event-ends.js'
import { halfOf, type PartId, partSuffix, singleOf, WHOLE, wholeOf } from '../../src/arena/part-id.js'
import { anyText } from '../support/unicode.js'
import { eventsOf, openBatch, tinyBatches } from './support/arenas.js'

const test = suite('a batch that is split')

function sealed(batches: Batches, events: readonly unknown[]): SlabId {
  const slab = openBatch(
    batches,
    events.map((event) => JSON.stringify(event)),
  )
  batches.seal(slab, 'flush', 1_700_000_000_000)
  return slab
}

/** The delivery ids of the parts without that of the whole, and their events. */
function shown(batches: Batches, id: string, parts: readonly SlabId[] | null) {
  return (parts ?? []).map((part) => [batches.slabs.deliveryId(part).replace(id, ''), eventsOf(batches.body(part))])
}

test('in two has its events in both halves, in order, under ids of their own', () => {
  const batches = tinyBatches()
  const slab = sealed(
    batches,
    [1, 2, 3].map((number) => ({ number })),
  )
  const id = batches.slabs.deliveryId(slab)
  assert.equal(shown(batches, id, batches.halve(slab)), [
    ['.0', [{ number: 1 }, { number: 2 }]],
    ['.1', [{ number: 3 }]],
  ])
})

test('twice has ids that say how', () => {
  const batches = tinyBatches()
  const slab = sealed(
    batches,
    [1, 2, 3, 4].map((number) => ({ number })),
  )
  const id = batches.slabs.deliveryId(slab)
  const [, second] = batches.halve(slab) ?? []
  assert.ok(second !== undefined)
  assert.equal(shown(batches, id, batches.halve(second)), [
    ['.1.0', [{ number: 3 }]],
    ['.1.1', [{ number: 4 }]],
  ])
})

test('into its events has each one under the number of its place', () => {
  const batches = tinyBatches()
  const slab = sealed(
    batches,
    ['a', 'b'].map((name) => ({ name })),
  )
  const id = batches.slabs.deliveryId(slab)
  assert.equal(shown(batches, id, batches.separate(slab)), [
    ['.0', [{ name: 'a' }]],
    ['.1', [{ name: 'b' }]],
  ])
})

test('is not one of a single event', () => {
  const batches = tinyBatches()
  const slab = sealed(batches, [{}])
  assert.equal([batches.halve(slab), batches.separate(slab), batches.slabs.deliveryId(slab).length], [null, null, 36])
})

test('stays as it was where the arena has no room', () => {
  const batches = tinyBatches()
  const slab = sealed(
    batches,
    [1, 2].map((number) => ({ number })),
  )
  const [smallest = 0] = [batches.allocator.classFor(1)]
  const taken: SlabId[] = []
  for (let one = batches.allocator.allocate(smallest); one !== null; one = batches.allocator.allocate(smallest)) {
    taken.push(one)
  }
  const [last] = taken
  assert.ok(last !== undefined)
  batches.allocator.release(last)
  const used = batches.allocator.usedBytes
  assert.equal([batches.halve(slab), batches.allocator.usedBytes, eventsOf(batches.body(slab)).length], [null, used, 2])
})

test('ends its events where they end, whatever they say', () => {
  const event = fc.dictionary(anyText(6), fc.oneof(anyText(), fc.jsonValue()))
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 6 }), (events) => {
      const texts = events.map((one) => JSON.stringify(one))
      const bytes = Buffer.from(texts.join())
      let from = 0
      const found = eventEnds(bytes, 0, bytes.length).map((end) => {
        const text = bytes.toString('utf8', from, end)
        from = end + 1
        return text
      })
      assert.equal(found, texts)
    }),
    { numRuns: 500 },
  )
})

test('has ids from which that of the whole can be told', () => {
  const halves = fc.array(fc.constantFrom<0 | 1>(0, 1), { maxLength: 20 })
  fc.assert(
    fc.property(halves, fc.option(fc.nat(10_000)), (digits, single) => {
      const half = digits.reduce<PartId>((part, digit) => halfOf(part, digit), WHOLE)
      const part = single === null ? half : singleOf(half, single)
      const expected = [...digits, ...(single === null ? [] : [single])].map((digit) => `.${digit}`)
      const whole = wholeOf(part)
      assert.equal(
        [partSuffix(part), whole === null ? null : partSuffix(whole)],
        [expected.join(''), expected.length === 0 ? null : expected.slice(0, -1).join('')],
      )
    }),
  )
})

test.run()
