import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadConfig } from '../src/config/index.js'
import { shardSettings } from '../src/shard-settings.js'

const test = suite('shard settings')

for (const [shards, cores, sharesCore] of [
  [1, 1, true],
  [1, 2, true],
  [1, 3, false],
  [7, 8, true],
  [2, 8, false],
] as const) {
  test(`${shards} shards and the host on ${cores} cores: ${sharesCore ? 'leave room' : 'have their own'}`, async () => {
    const config = await loadConfig({ dispatcher: { shards } })
    assert.is(shardSettings(config, cores).sharesCore, sharesCore)
  })
}

test.run()
