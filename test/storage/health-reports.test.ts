import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { StoreHealth } from '../../src/hand-over/layout.js'
import { type HealthReport, HealthReports } from '../../src/storage/health-reports.js'

const test = suite("reports of a store's health")
const { Ok, Full, Down } = StoreHealth

/** @param commits what each has found, and when, in ms @returns what was said after each */
function said(...commits: readonly (readonly [StoreHealth, number])[]): readonly (HealthReport | null)[] {
  const reports = new HealthReports()
  return commits.map(([health, atMs]) => reports.after(health, atMs))
}

test('say each change once, and at first what there is: a former thread may have said anything', () => {
  assert.equal(said([Ok, 0], [Ok, 5], [Down, 10], [Down, 60], [Ok, 200]), ['up', null, 'down', null, 'up'])
})

test('do not go to and fro while a store is at its limit', () => {
  const restless = said([Ok, 0], [Full, 10], [Ok, 110], [Full, 500], [Ok, 600], [Ok, 1499], [Ok, 1500])
  assert.equal(restless, ['up', 'full', null, null, null, null, 'up'])
})

test('say at once that a full store is down, and that one is up that was down', () => {
  assert.equal(said([Full, 0], [Down, 10], [Ok, 20]), ['full', 'down', 'up'])
})

test.run()
