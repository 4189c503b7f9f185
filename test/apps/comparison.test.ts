import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decideDeletions } from '../../src/apps/comparison.js'

const test = suite('which apps a complete read deletes')

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `app-${index}`)
const NOTHING = new Set<string>()

test('half of many apps are deleted at once', () => {
  assert.equal(decideDeletions(20, ids(10), NOTHING, false), { gone: ids(10), held: NOTHING })
})

test('more than half of 20 apps are held back', () => {
  assert.equal(decideDeletions(20, ids(11), NOTHING, false), { gone: [], held: new Set(ids(11)) })
})

test('all of fewer than 20 apps are deleted at once', () => {
  assert.equal(decideDeletions(19, ids(19), NOTHING, false).gone, ids(19))
})

test('a second read confirms what was held back, and holds back what it misses itself', () => {
  const { gone, held } = decideDeletions(20, ids(20), new Set(ids(12)), false)
  assert.equal([gone, [...held]], [ids(12), ids(20).slice(12)])
})

test('mass deletions are allowed when the configuration says so', () => {
  assert.equal(decideDeletions(20, ids(20), NOTHING, true).gone, ids(20))
})

test.run()
