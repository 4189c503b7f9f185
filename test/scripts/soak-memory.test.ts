import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type MemorySample, slopeKiBPerMinute } from '../../scripts/soak-memory.js'

const test = suite("a soak's memory")

const samplesOf = (sizesKiB: readonly number[], everyMs: number): MemorySample[] =>
  sizesKiB.map((size, index) => ({
    atMs: index * everyMs,
    rss: size * 1024,
    heapUsed: 0,
    external: 0,
    arrayBuffers: 0,
    threads: { threads: 1, heapUsed: 0, external: 0 },
    receiver: { rss: 0, heapUsed: 0 },
  }))

test('grows by what the second half shows, whatever the first did', () => {
  assert.is(slopeKiBPerMinute(samplesOf([0, 900, 50, 10, 20, 30], 10_000)), 60)
})

test('is flat without samples enough to say more', () => {
  assert.is(slopeKiBPerMinute(samplesOf([10], 1000)), 0)
})

test.run()
