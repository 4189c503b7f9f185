import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Orphans } from '../../src/dispatcher/orphans.js'

const test = suite('endpoints that no app has')

const hook = { app: 'app', endpoint: 'hook' }
const other = { app: 'other', endpoint: 'hook' }

test('are given up when their grace is over, each by itself and once', () => {
  const orphans = new Orphans(100)
  orphans.add({ target: hook }, 0)
  orphans.add({ target: other }, 60)
  assert.equal(
    [orphans.takeExpired(99), orphans.takeExpired(100), orphans.takeExpired(100)],
    [[], [{ target: hook, sinceMs: 0 }], []],
  )
})

test('keep what is left of their grace when they are found again', () => {
  const orphans = new Orphans(100)
  assert.equal([orphans.add({ target: hook }, 0), orphans.add({ target: hook }, 90)], [true, false])
  assert.is(orphans.takeExpired(100).length, 1)
})

test('are tried again at the next look when they could not be given up', () => {
  const orphans = new Orphans(100)
  orphans.add({ target: hook }, 0)
  for (const { target, sinceMs } of orphans.takeExpired(100)) orphans.add({ target }, sinceMs)
  assert.equal(orphans.takeExpired(101), [{ target: hook, sinceMs: 0 }])
})

test('are none any more when their app comes', () => {
  const orphans = new Orphans(100)
  orphans.add({ target: hook }, 0)
  orphans.add({ target: other }, 0)
  assert.equal([orphans.takeOf('app'), orphans.takeExpired(100).map(({ target }) => target)], [[hook], [other]])
})

test.run()
