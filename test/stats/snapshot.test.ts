import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  Counter,
  HOST_LAYOUT,
  HOST_METRICS,
  LATENCY_BOUNDS_MS,
  MAX_SIZE_CLASSES,
  SHARD_METRICS,
} from '../../src/stats/layout.js'
import { type LatencySummary, snapshot } from '../../src/stats/snapshot.js'
import { createShard } from './support.js'

const test = suite('statistics')

function latency(observations: readonly { readonly ms: number; readonly events?: number }[]): LatencySummary {
  const { source, counters } = createShard()
  for (const { ms, events = 1 } of observations) counters.latency(ms, events)
  return snapshot([source], 0).latency
}

test('everything is 0 at the start', () => {
  const { shards: _shards, latency: _latency, ...totals } = snapshot([createShard().source], 0)
  assert.equal(
    Object.entries(totals).filter(([, value]) => value !== 0),
    [],
  )
})

for (const { name } of SHARD_METRICS) {
  test(`${name} shows by itself`, () => {
    const { source, counters } = createShard()
    counters.add(Counter[name], 2)
    counters.add(Counter[name], 3)
    const totals = Object.entries(snapshot([source], 0)).filter(([, value]) => typeof value === 'number' && value !== 0)
    assert.equal(totals, [[name, 5]])
  })
}

for (const { name } of HOST_METRICS) {
  test(`${name} shows by itself`, () => {
    const { source } = createShard()
    source.host[HOST_LAYOUT.at[name]] = 7
    const totals = Object.entries(snapshot([source], 0)).filter(([, value]) => typeof value === 'number' && value !== 0)
    assert.equal(totals, [[name, 7]])
  })
}

test('a gauge has the value that was set last', () => {
  const { source, counters } = createShard()
  counters.set(Counter.in_flight, 9)
  counters.set(Counter.in_flight, 4)
  assert.is(snapshot([source], 0).in_flight, 4)
})

test('totals are the sums over the shards, which stay told apart', () => {
  const [a, b] = [createShard(), createShard()]
  a.counters.add(Counter.delivered, 2)
  b.counters.add(Counter.delivered, 3)
  const { delivered, shards } = snapshot([a.source, b.source], 0)
  assert.equal([delivered, shards.map((shard) => shard.delivered)], [5, [2, 3]])
})

test('a shard without anything is all zeros beside a busy one', () => {
  assert.equal(snapshot([], 3), { ...snapshot([createShard().source], 3), shards: [] })
})

test('apps and the backlog of each ring are told', () => {
  const { apps, shards } = snapshot([createShard(64).source], 12)
  assert.equal([apps, shards.map((shard) => shard.ring_backlog_bytes)], [12, [64]])
})

test('size classes of the arena are told as they were last reported', () => {
  const { source, counters } = createShard()
  const usage = Array.from({ length: MAX_SIZE_CLASSES }, (_, index) => ({
    slabBytes: 1024 << index,
    used: index,
    free: 9,
  }))
  const sizes = usage.map(({ slabBytes }) => slabBytes)
  const freeByClass = usage.map(({ free }) => free)
  counters.slabs({ sizes, usedByClass: usage.map(() => 99), freeByClass })
  counters.slabs({ sizes, usedByClass: usage.map(({ used }) => used), freeByClass })
  assert.equal(snapshot([source], 0).shards[0]?.slabs, usage)
})

test('a latency that was never measured is 0', () => {
  assert.equal(latency([]), { count: 0, meanMs: 0, p50Ms: 0, p99Ms: 0, p999Ms: 0 })
})

test('latencies are counted in events and averaged over them', () => {
  const { count, meanMs } = latency([
    { ms: 10, events: 3 },
    { ms: 50, events: 1 },
  ])
  assert.equal([count, meanMs], [4, 20])
})

test('a quantile is interpolated within its bucket', () => {
  const { p50Ms } = latency([{ ms: 45, events: 100 }])
  assert.is(p50Ms, 45)
})

test('quantiles lie in the bucket of the true ones', () => {
  const observations = fc.array(fc.integer({ min: 0, max: 299_999 }), { minLength: 1, maxLength: 200 })
  const bucketOf = (ms: number) => LATENCY_BOUNDS_MS.findIndex((bound) => ms <= bound)
  fc.assert(
    fc.property(observations, (values) => {
      const sorted = values.toSorted((a, b) => a - b)
      const { p50Ms, p99Ms, p999Ms } = latency(values.map((ms) => ({ ms })))
      const exact = [0.5, 0.99, 0.999].map((share) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0)
      assert.equal([p50Ms, p99Ms, p999Ms].map(bucketOf), exact.map(bucketOf))
    }),
  )
})

test('a latency on a bound counts in the bucket below it', () => {
  const { p999Ms } = latency(LATENCY_BOUNDS_MS.map((ms) => ({ ms })))
  assert.ok(p999Ms <= (LATENCY_BOUNDS_MS.at(-1) ?? 0))
})

test('a latency beyond the last bound is told as that bound', () => {
  assert.is(latency([{ ms: 10 ** 9 }]).p50Ms, LATENCY_BOUNDS_MS.at(-1))
})

test('latencies of all shards are taken together', () => {
  const [a, b] = [createShard(), createShard()]
  a.counters.latency(10, 1)
  b.counters.latency(30, 1)
  assert.equal(snapshot([a.source, b.source], 0).latency.meanMs, 20)
})

test.run()
