import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PlacedApp } from '../../src/shard/messages.js'
import { httpEndpoint, testApp } from '../transport/support/endpoint.js'
import { leavesTo, ShardRig } from './support/shard.js'

const test = suite('the apps of a shard')

const LATE: PlacedApp = {
  index: 7,
  config: testApp,
  endpoints: [{ number: 70, config: httpEndpoint('http://127.0.0.1:9/'), active: true, generation: 1 }],
  isRemoved: false,
}

async function withApps(run: (rig: ShardRig) => void): Promise<void> {
  await using rig = new ShardRig({ endpoints: [leavesTo('http://127.0.0.1:9/', 'only')] })
  run(rig)
}

test('are not known while they may still come', () =>
  withApps(({ shard }) => {
    shard.gather.apps.expect({ apps: [], isLast: false })
    assert.is(shard.gather.apps.knows(LATE.index), false)
  }))

test('are known as gone when the last have come without them', () =>
  withApps(({ shard }) => {
    shard.gather.apps.expect({ apps: [], isLast: true })
    assert.equal([shard.gather.apps.knows(LATE.index), shard.gather.apps.get(LATE.index)], [true, undefined])
  }))

test('are made when something comes for them, with their endpoints', () =>
  withApps(({ shard }) => {
    shard.gather.apps.expect({ apps: [LATE], isLast: true })
    const before = shard.deliver.endpoints.find(70)
    shard.gather.apps.get(LATE.index)
    assert.equal([before, shard.deliver.endpoints.find(70)?.number], [undefined, 70])
  }))

test('keep a change that came before they did', () =>
  withApps(({ shard }) => {
    const changed = { ...LATE, config: { ...testApp, secret: 'rotated' } }
    shard.gather.apps.expect({ apps: [], isLast: false })
    shard.place(changed)
    shard.gather.apps.expect({ apps: [LATE], isLast: true })
    assert.is(shard.gather.apps.placed(LATE.index)?.config.secret, 'rotated')
  }))

test('keep a change that was made before they were put to rest', () =>
  withApps(({ shard }) => {
    const { passivation } = shard.gather
    const changed = { ...LATE, config: { ...testApp, secret: 'rotated' } }
    shard.place(changed)
    while (passivation.active > 0) passivation.run(passivation.nextAtMs)
    shard.gather.apps.expect({ apps: [LATE], isLast: true })
    assert.is(shard.gather.apps.placed(LATE.index)?.config.secret, 'rotated')
  }))

test.run()
