import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Watchdog } from '../../src/supervisor/watchdog.js'

const test = suite('the watchdog')

const looks = (watchdog: Watchdog, ...beats: readonly number[]) => beats.map((beat) => watchdog.isHung(beat, 3))

test('finds nothing wrong while the heartbeat goes on, however slowly', () => {
  assert.equal(looks(new Watchdog(), 1, 1, 1, 2, 2, 2, 3), Array(7).fill(false))
})

test('finds a thread hung whose heartbeat stands still for so many looks', () => {
  assert.equal(looks(new Watchdog(), 1, 1, 1, 1), [false, false, false, true])
})

test('begins again with another thread', () => {
  const watchdog = new Watchdog()
  looks(watchdog, 1, 1, 1)
  watchdog.reset()
  assert.equal(looks(watchdog, 1, 1, 1), [false, false, false])
})

test.run()
