import { stripVTControlCharacters } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Sample } from '../../../src/cli/load/recording.js'
import { lineOf, panelOf } from '../../../src/cli/load/screen.js'
import { SETTINGS } from './support.js'

const test = suite('the screen of signpost load')

const SAMPLE: Sample = {
  phase: 'emitting',
  atSeconds: 5,
  progress: 0.5,
  emitted: 5000,
  received: 4000,
  refusals: 7,
  inPerSecond: 1234.5,
  deliveredPerSecond: 1000,
  queued: 999,
  latencyMs: { p50: 12.34, p99: 56.78, p999: 123.4 },
  loopDelayP99Ms: 1.5,
  rssMiB: 150,
}
const panel = (changes: Partial<Sample> = {}) =>
  stripVTControlCharacters(panelOf(SETTINGS, { ...SAMPLE, ...changes }, [100, 200]))

test('tells rates, queue, latencies, loop delay and memory in a line', () => {
  const line = lineOf(SAMPLE).replace(/ +/g, ' ')
  const wanted = '1,235 in/s 1,000 delivered/s 999 queued p50 12.3 ms p99 56.8 ms p99.9 123 ms loop p99 1.5 ms 150 MiB'
  assert.ok(line.endsWith(wanted), line)
})

test('tells how much of the time is left', () => {
  assert.match(panel(), '50 %, 5 s left')
})

test('tells no share of a run whose length is not known', () => {
  assert.not.match(panel({ progress: null }), '%')
})

test('says what it waits for at the end', () => {
  assert.match(panel({ phase: 'draining' }), 'waiting for events in flight')
})

test('has no latency before there is one', () => {
  assert.match(panel({ latencyMs: null }), 'p50 –')
})

test.run()
