import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WakeUps } from '../../src/collections/wake-ups.js'
import { FlapSuppression } from '../../src/gather/flap-suppression.js'
import { CONTROL_BYTES } from '../../src/ring/layout.js'
import { createShardBlock } from '../../src/stats/layout.js'
import { ShardCounters } from '../../src/stats/shard-counters.js'

const test = suite('flap suppression')

function suppression(
  control = new Int32Array(new SharedArrayBuffer(CONTROL_BYTES)),
  releases = new WakeUps(),
): FlapSuppression {
  return new FlapSuppression(control, releases, new ShardCounters(createShardBlock()))
}

test('a new ring has swallowed no event, not the first one either', () => {
  assert.not(suppression().wasSuppressed(0))
})

test('the last event that was swallowed is known, also to the next thread', () => {
  const control = new Int32Array(new SharedArrayBuffer(CONTROL_BYTES))
  suppression(control).suppress(0xffff_fff0)
  assert.ok(suppression(control).wasSuppressed(0xffff_fff0))
})

test('earlier events are not remembered', () => {
  const noted = suppression()
  noted.suppress(1)
  noted.suppress(2)
  assert.equal([noted.wasSuppressed(1), noted.wasSuppressed(2)], [false, true])
})

test('an app has one time of release, the last that it asked for', () => {
  const releases = new WakeUps()
  const noted = suppression(undefined, releases)
  noted.setRelease(4, 100)
  noted.setRelease(4, 200)
  assert.is(releases.nextAtMs, 200)
})

test.run()
