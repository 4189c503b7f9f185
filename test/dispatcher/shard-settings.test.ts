import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadConfig } from '../../src/config/index.js'
import { shardSettings } from '../../src/dispatcher/shard-settings.js'

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

test('a shard keeps its core when dispatcher.core_yield is false', async () => {
  const config = await loadConfig({ dispatcher: { shards: 1, core_yield: false } })
  assert.is(shardSettings(config, 1).sharesCore, false)
})

test('a shard of the default number leaves room for the host', async () => {
  const config = await loadConfig({})
  assert.is(shardSettings(config, config.dispatcher.shards + 1).sharesCore, true)
})

test.run()
