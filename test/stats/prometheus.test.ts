import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  Counter,
  HOST_LAYOUT,
  HOST_METRICS,
  LATENCY_BOUNDS_MS,
  SHARD_METRICS,
  STORAGE_METRICS,
} from '../../src/stats/layout.js'
import { prometheusText } from '../../src/stats/prometheus.js'
import { createShard, type Shard } from './support.js'

const test = suite('Prometheus text')

interface Family {
  readonly help: string
  readonly type: string
  readonly samples: Map<string, number>
}

/** The text exposition format: comments HELP and TYPE of a family, then its samples. Fails on anything else. */
function parse(text: string): Map<string, Family> {
  const families = new Map<string, Family>()
  let help = ''
  let samples = new Map<string, number>()
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (kind === 'HELP') help = rest
    else if (kind === 'TYPE') {
      samples = new Map()
      families.set(name, { help, type: rest, samples })
    } else {
      const [, series = '', value] = /^([a-z_]+(?:\{[a-z]+="[^"]*"\})?) (\S+)$/.exec(line) ?? []
      if (series === '' || Number.isNaN(Number(value))) throw new Error(`not a sample: ${line}`)
      samples.set(series, Number(value))
    }
  }
  return families
}

function families(shards: readonly Shard[], apps = 0): Map<string, Family> {
  return parse(
    prometheusText(
      shards.map(({ source }) => source),
      apps,
    ),
  )
}

function seriesOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return kind === 'counter' ? `signpost_${name}_total` : `signpost_${name}`
}

test('every metric is a family with its kind and its help', () => {
  const found = families([createShard()])
  const described = [...HOST_METRICS, ...SHARD_METRICS, ...STORAGE_METRICS].map((metric) => {
    const { type, help } = found.get(seriesOf(metric)) ?? {}
    return { ...metric, kind: type, help }
  })
  assert.equal(described, [...HOST_METRICS, ...SHARD_METRICS, ...STORAGE_METRICS])
})

test('there is no family that nobody declared', () => {
  const declared = [...HOST_METRICS, ...SHARD_METRICS, ...STORAGE_METRICS].map(seriesOf)
  const others = [...families([createShard()]).keys()].filter((name) => !declared.includes(name))
  assert.equal(others, ['signpost_apps', 'signpost_delivery_latency_seconds'])
})

test('each shard has its samples', () => {
  const shards = [createShard(), createShard()]
  shards.forEach(({ counters, source }, index) => {
    counters.add(Counter.delivered, index + 1)
    counters.set(Counter.in_flight, index + 3)
    source.host[HOST_LAYOUT.at.accepted] = index + 5
  })
  const found = families(shards)
  const samples = ['signpost_delivered_total', 'signpost_in_flight', 'signpost_accepted_total'].map((name) => [
    found.get(name)?.samples.get(`${name}{shard="0"}`),
    found.get(name)?.samples.get(`${name}{shard="1"}`),
  ])
  assert.equal(samples, [
    [1, 2],
    [3, 4],
    [5, 6],
  ])
})

test('a second call counts nothing twice', () => {
  const shard = createShard()
  shard.counters.add(Counter.delivered, 3)
  families([shard])
  const found = families([shard])
  assert.is(found.get('signpost_delivered_total')?.samples.get('signpost_delivered_total{shard="0"}'), 3)
})

test('the number of apps is told', () => {
  assert.is(families([], 42).get('signpost_apps')?.samples.get('signpost_apps'), 42)
})

test('latencies are a histogram in seconds, cumulative to +Inf', () => {
  const shard = createShard()
  shard.counters.latency(1, 2)
  shard.counters.latency(45, 3)
  shard.counters.latency(10 ** 6, 1)
  const name = 'signpost_delivery_latency_seconds'
  const { type, samples = new Map<string, number>() } = families([shard]).get(name) ?? {}
  const bucket = (le: string) => samples.get(`${name}_bucket{le="${le}"}`)
  assert.equal(
    {
      type,
      buckets: [bucket('0.001'), bucket('0.04'), bucket('0.05'), bucket('300'), bucket('+Inf')],
      all: samples.size,
      sum: samples.get(`${name}_sum`),
      count: samples.get(`${name}_count`),
    },
    { type: 'histogram', buckets: [2, 2, 5, 5, 6], all: LATENCY_BOUNDS_MS.length + 3, sum: 1000.137, count: 6 },
  )
})

test.run()
