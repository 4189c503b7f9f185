import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MemoryDuplicateStore } from '../../src/receiver/duplicates.js'

const test = suite('duplicates in memory')

test('a delivery is new, then in progress, then done', () => {
  const store = new MemoryDuplicateStore()
  const claims = [store.claim('a'), store.claim('a')]
  store.complete('a')
  assert.equal([...claims, store.claim('a')], ['new', 'in-progress', 'done'])
})

test('a released delivery is new again', () => {
  const store = new MemoryDuplicateStore()
  store.claim('a')
  store.release('a')
  assert.is(store.claim('a'), 'new')
})

test('a delivery is forgotten when the window has passed', () => {
  let nowMs = 0
  const store = new MemoryDuplicateStore({ windowMs: 10, now: () => nowMs })
  store.claim('a')
  store.complete('a')
  nowMs = 9
  const before = store.claim('a')
  nowMs = 10
  assert.equal([before, store.claim('a')], ['done', 'new'])
})

test('past the bound the oldest is forgotten, never one in progress', () => {
  const store = new MemoryDuplicateStore({ maxIds: 2 })
  store.claim('working')
  for (const id of ['a', 'b', 'c']) {
    store.claim(id)
    store.complete(id)
  }
  assert.equal(
    ['working', 'c', 'b', 'a'].map((id) => store.claim(id)),
    ['in-progress', 'done', 'done', 'new'],
  )
})

test('never remembers more processed deliveries than its bound', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5 }), fc.array(fc.nat(20)), (maxIds, ids) => {
      const store = new MemoryDuplicateStore({ maxIds })
      return ids.every((id) => {
        if (store.claim(String(id)) === 'new') store.complete(String(id))
        return store.size <= maxIds
      })
    }),
  )
})

test.run()
