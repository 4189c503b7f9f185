import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { soak } from '../../scripts/soak.js'

const test = suite('a soak')

test('with hostile endpoints, a dying shard and apps that change loses nothing and doubles nothing', async () => {
  const report = await soak({ durationMs: 6000, rate: 1000, killEveryMs: 1500, changeEveryMs: 200, apps: 50 })
  const { lost, doubled, deaths, changes } = report
  assert.equal(
    { lost, doubled, hasDied: deaths > 0, hasChanged: changes > 0 },
    { lost: 0, doubled: 0, hasDied: true, hasChanged: true },
    JSON.stringify(report),
  )
})

test.run()
