// long
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { soak } from '../../scripts/soak.js'

const test = suite('a soak')

test('with hostile endpoints, a dying shard, apps that change and a clock that is set loses nothing and doubles nothing', async () => {
  const report = await soak({
    durationMs: 6000,
    rate: 1000,
    killEveryMs: 1500,
    changeEveryMs: 200,
    stepEveryMs: 700,
    apps: 50,
  })
  const { lost, doubled, deaths, changes, steps } = report
  assert.equal(
    { lost, doubled, hasDied: deaths > 0, hasChanged: changes > 0, hasStepped: steps > 0 },
    { lost: 0, doubled: 0, hasDied: true, hasChanged: true, hasStepped: true },
    JSON.stringify(report),
  )
})

test.run()
