import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RestartPolicy } from '../../src/supervisor/restart-policy.js'

const test = suite('the restart policy')

const INTENSITY = { restarts: 10, withinMs: 10_000 }

/** What follows each of so many deaths, every next thread dying at once. */
function deathsInARow(count: number, policy = new RestartPolicy(INTENSITY)) {
  let nowMs = 0
  return Array.from({ length: count }, () => {
    const decision = policy.died(nowMs)
    nowMs += decision.waitMs
    return { ...decision, nowMs }
  })
}

test('restarts at once after a single death', () => {
  assert.equal(new RestartPolicy(INTENSITY).died(0), { waitMs: 0, isDown: false })
})

test('waits longer before each further restart', () => {
  assert.equal(
    deathsInARow(6).map(({ waitMs }) => waitMs),
    [0, 20, 40, 80, 160, 320],
  )
})

test('outlasts a fault of three seconds without going down', () => {
  const [beforeDown] = deathsInARow(11).filter(({ isDown }) => isDown)
  assert.ok(beforeDown !== undefined && beforeDown.nowMs - beforeDown.waitMs > 3000, `${beforeDown?.nowMs} ms`)
})

test('never ends: once down it tries on, up to once a minute', () => {
  const decisions = deathsInARow(30).slice(10)
  assert.equal(
    [decisions.every(({ isDown }) => isDown), decisions.map(({ waitMs }) => waitMs / 1000).slice(0, 6)],
    [true, [5, 10, 20, 40, 60, 60]],
  )
})

test('is up again when a thread has run for long enough', () => {
  const policy = new RestartPolicy(INTENSITY)
  const last = deathsInARow(12, policy).at(-1)
  const startedAtMs = last?.nowMs ?? 0
  policy.started(startedAtMs)
  assert.equal(policy.died(startedAtMs + INTENSITY.withinMs), { waitMs: 0, isDown: false })
})

test('stays down when a thread has not run for long', () => {
  const policy = new RestartPolicy(INTENSITY)
  const last = deathsInARow(12, policy).at(-1)
  const startedAtMs = last?.nowMs ?? 0
  policy.started(startedAtMs)
  assert.is(policy.died(startedAtMs + INTENSITY.withinMs - 1).isDown, true)
})

test('goes down when starts fail in a row, however long each of them takes', () => {
  const policy = new RestartPolicy(INTENSITY)
  const decisions = Array.from({ length: 12 }, (_, index) => policy.died(index * 20_000))
  assert.is(
    decisions.findIndex(({ isDown }) => isDown),
    10,
  )
})

test('bears deaths for ever that are far enough apart', () => {
  const policy = new RestartPolicy(INTENSITY)
  const decisions = Array.from({ length: 100 }, (_, index) => {
    policy.started(index * 2000)
    return policy.died(index * 2000 + 1000)
  })
  assert.ok(decisions.every(({ isDown, waitMs }) => !isDown && waitMs <= 160))
})

test.run()
