import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { soak } from '../../scripts/soak.js'

const test = suite('a soak')

test('with a dead endpoint and a dying shard loses nothing and doubles nothing', async () => {
  const report = await soak({ durationMs: 6000, rate: 1000, killEveryMs: 1500, apps: 50 })
  const { lost, doubled, deaths } = report
  assert.equal({ lost, doubled, hasDied: deaths > 0 }, { lost: 0, doubled: 0, hasDied: true }, JSON.stringify(report))
})

test.run()
