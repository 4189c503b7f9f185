import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { anyScenario, type Run, simulate } from './support/simulation.js'

const test = suite('courier, in any scenario')

const isSorted = (numbers: readonly number[]) =>
  numbers.every((number, index) => index === 0 || (numbers[index - 1] ?? 0) < number)

function endsOf({ rig }: Run): number[] {
  return [...rig.delivered, ...rig.gaveUp.map(({ batch }) => batch)].sort((a, b) => a - b)
}

test('every batch ends exactly once, delivered or given up', () => {
  fc.assert(
    fc.property(anyScenario({}, true), (scenario) => {
      const run = simulate(scenario)
      assert.equal(
        endsOf(run),
        scenario.arrivals.map((_, index) => index + 1),
      )
    }),
  )
})

test('nothing is left in it at the end', () => {
  fc.assert(
    fc.property(anyScenario({}, true), (scenario) => {
      assert.is(simulate(scenario).rig.courier.size, 0)
    }),
  )
})

test('a window of 1 acknowledges in the order in which batches came', () => {
  fc.assert(
    fc.property(anyScenario({ concurrency: 1 }), (scenario) => {
      assert.ok(isSorted(simulate(scenario).rig.delivered))
    }),
  )
})

test('a window of 1 sends nothing new before the former batch has ended', () => {
  fc.assert(
    fc.property(anyScenario({ concurrency: 1 }), (scenario) => {
      const { deeds } = simulate(scenario).rig
      const endOf = (batch: number) => deeds.findIndex((deed) => deed.batch === batch && deed.kind !== 'sent')
      const tooEarly = deeds.filter(
        ({ kind, batch }, index) => kind === 'sent' && batch > 1 && endOf(batch - 1) > index,
      )
      assert.equal(tooEarly, [])
    }),
  )
})

test('no more are in flight than the window allows', () => {
  fc.assert(
    fc.property(anyScenario({}, true), (scenario) => {
      assert.ok(simulate(scenario).mostInFlight <= (scenario.config.concurrency ?? 0))
    }),
  )
})

test('a call that it asked for moves something or puts the next one off: it never spins', () => {
  fc.assert(
    fc.property(anyScenario({}, true), (scenario) => {
      const spinning = simulate(scenario).idleCalls.filter(({ atMs, wakeAtMs }) => wakeAtMs <= atMs)
      assert.equal(spinning, [])
    }),
  )
})

test('no more is sent in any window of the rate limit than its requests and the burst', () => {
  fc.assert(
    fc.property(anyScenario({ rateLimit: { requests: 2, perMs: 500 } }), (scenario) => {
      const { deeds } = simulate(scenario).rig
      const sentAtMs = deeds.filter(({ kind }) => kind === 'sent').map(({ atMs }) => atMs)
      const most = Math.max(
        0,
        ...sentAtMs.map((fromMs) => sentAtMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + 500).length),
      )
      assert.ok(most <= 4, `${most}`)
    }),
  )
})

test('no batch is tried more often than it may be', () => {
  fc.assert(
    fc.property(anyScenario({}, true), (scenario) => {
      const { rig } = simulate(scenario)
      const { enabled = true, maxAttempts = null } = scenario.config.retry ?? {}
      const allowed = enabled ? (maxAttempts ?? Number.POSITIVE_INFINITY) : 1
      const attempts = scenario.arrivals.map((_, index) => rig.attempts(index + 1))
      assert.ok(
        attempts.every((made) => made <= allowed),
        String(attempts),
      )
    }),
  )
})

test.run()
