/**
 * The writer of an arena dies after every single one of its stores, plain or atomic (see `support/crashes.ts`). The memory
 * is dirty at the start, as pages are that other size classes used before.
 */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { recover } from '../../src/arena/recovery.js'
import { batchesIn, TINY } from './support/arenas.js'
import { type Operation, type OperationName, recovered, Scenario } from './support/crashes.js'
import { RecordedMemory, type Store } from './support/recorded-memory.js'

const test = suite('a crash between two stores')

function play(operations: readonly Operation[]): Scenario {
  const scenario = new Scenario()
  for (const operation of operations) scenario.perform(operation)
  return scenario
}

/** @returns what is wrong with what recovery finds when these stores have been made; null: nothing */
function fault(scenario: Scenario, stores: readonly Store[], count: number): string | null {
  const { batches, leakedBytes } = recovered(scenario.survivor(stores))
  if (leakedBytes !== 0) return `store ${count}: ${leakedBytes} bytes leaked`
  if (scenario.allowed(count).some((allowed) => isDeepStrictEqual(allowed, batches))) return null
  return `store ${count}: ${JSON.stringify(batches)} instead of ${JSON.stringify(scenario.allowed(count))}`
}

const cases: readonly (readonly OperationName[])[] = [
  ['open'],
  ['open', 'append'],
  ['open', 'append', 'append'],
  ['open', 'append', 'append', 'append'],
  ['open', 'append', 'grow'],
  ['open', 'append', 'grow', 'append'],
  ['open', 'append', 'append', 'seal'],
  ['open', 'append', 'seal', 'start attempt'],
  ['open', 'append', 'seal', 'start attempt', 'put back'],
  ['open', 'append', 'seal', 'start attempt', 'put back', 'start attempt'],
  ['open', 'append', 'seal', 'start attempt', 'bury'],
  ['open', 'append', 'seal', 'bury'],
  ['open', 'append', 'seal', 'bury', 'revive'],
  ['open', 'append', 'seal', 'bury', 'revive', 'bury'],
  ['open', 'append', 'seal', 'start attempt', 'release'],
  ['open', 'append', 'append', 'append', 'seal', 'start attempt', 'halve'],
  ['open', 'append', 'append', 'append', 'seal', 'start attempt', 'halve', 'halve'],
  ['open', 'append', 'append', 'append', 'seal', 'bury', 'separate'],
  ['open', 'append', 'append', 'append', 'seal', 'halve', 'bury', 'separate'],
  // A page comes back from one class and goes to another.
  ['open large', 'open large', 'open large', 'seal', 'release', 'open'],
  ['open large', 'append', 'seal', 'open', 'seal', 'release', 'release'],
]

for (const names of cases) {
  test(`leaves the state before or after: ${names.join(', ')}`, () => {
    const scenario = play(names.map((name) => ({ name, pick: 0 })))
    const { stores, lastBegan } = scenario
    const faults = []
    for (let count = lastBegan; count <= stores.length; count++)
      faults.push(fault(scenario, stores.slice(0, count), count))
    assert.equal(
      faults.filter((text) => text !== null),
      [],
    )
  })
}

const anyOperation: fc.Arbitrary<Operation> = fc.record({
  name: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<OperationName>('open', 'open large') },
    { weight: 6, arbitrary: fc.constant<OperationName>('append') },
    {
      weight: 8,
      arbitrary: fc.constantFrom<OperationName>(
        'grow',
        'seal',
        'start attempt',
        'put back',
        'bury',
        'revive',
        'halve',
        'separate',
        'release',
      ),
    },
  ),
  pick: fc.nat({ max: 20 }),
})
const anyOperations = fc.array(anyOperation, { minLength: 1, maxLength: 40 })

test('leaves the state before or after, whatever was done', () => {
  fc.assert(
    fc.property(anyOperations, fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), (operations, crashes) => {
      const scenario = play(operations)
      const { stores } = scenario
      for (const crash of crashes) {
        const count = crash % (stores.length + 1)
        assert.is(fault(scenario, stores.slice(0, count), count), null)
      }
    }),
    { numRuns: 300 },
  )
})

test('leaves the state before or after, in whatever order the plain stores between two atomic ones arrive', () => {
  fc.assert(
    fc.property(anyOperations, fc.nat(), fc.infiniteStream(fc.boolean()), (operations, crash, arrives) => {
      const scenario = play(operations)
      const { stores } = scenario
      const count = crash % (stores.length + 1)
      const settled = stores.slice(0, count).findLastIndex(({ isAtomic }) => isAtomic) + 1
      const next = stores.findIndex(({ isAtomic }, index) => isAtomic && index >= settled)
      const underWay = stores.slice(settled, next === -1 ? stores.length : next).filter(() => arrives.next().value)
      assert.is(fault(scenario, [...stores.slice(0, settled), ...underWay], settled), null)
    }),
    { numRuns: 1000 },
  )
})

test('during recovery is recovered from', () => {
  const scenario = play(
    (['open', 'append', 'open', 'append', 'seal', 'start attempt', 'open', 'grow'] as const).map((name) => ({
      name,
      pick: 0,
    })),
  )
  const crashed = scenario.stores.slice(0, -2)
  const first = new RecordedMemory(scenario.survivor(crashed).shared, TINY)
  first.record(() => recover(batchesIn(first)))
  const found = first.stores.map((_, count) =>
    recovered(scenario.survivor([...crashed, ...first.stores.slice(0, count)])),
  )
  const expected = recovered(scenario.survivor(crashed))
  assert.equal(
    found.filter((each) => !isDeepStrictEqual(each, expected)),
    [],
  )
})

test.run()
