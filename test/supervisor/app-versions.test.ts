import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PlacedApp } from '../../src/shard/messages.js'
import { AppVersions } from '../../src/supervisor/app-versions.js'
import { endpoint } from '../courier/support/rig.js'
import { atOnce } from '../support/at-once.js'
import { testApp } from '../transport/support/endpoint.js'

const test = suite('the versions of an app')

interface Given {
  readonly active?: boolean
  readonly isRemoved?: boolean
  readonly endpoints?: readonly number[]
}

/** App 0 as the change with this marker makes it. */
function app(marker: number, { active = true, isRemoved = false, endpoints = [7] }: Given = {}): PlacedApp {
  return {
    index: 0,
    config: testApp,
    endpoints: endpoints.map((number) => ({ number, config: endpoint(), active, generation: marker })),
    isRemoved,
  }
}

function versions(...changes: readonly (readonly [marker: number, given?: Given])[]) {
  const forgotten: number[] = []
  const apps = new AppVersions((index) => forgotten.push(index))
  for (const [marker, given] of changes) apps.change(marker, app(marker, given))
  const generationsAt = (passed: number) => {
    const { apps: inForce } = atOnce(apps.directory(passed))
    return {
      inForce: inForce.flatMap(({ endpoints }) => endpoints.map(({ generation }) => generation)),
      toCome: apps.waiting.map(({ marker }) => marker),
    }
  }
  return { apps, forgotten, generationsAt }
}

test('are none in force before the first marker', () => {
  assert.equal(versions([1]).generationsAt(0), { inForce: [], toCome: [1] })
})

test('are in force from their own marker on', () => {
  const { generationsAt } = versions([1], [2], [3])
  assert.equal(generationsAt(2), { inForce: [2], toCome: [3] })
})

test('of a removed app stay in force before the marker of its removal', () => {
  const { apps } = versions([1], [2, { active: false, isRemoved: true }])
  const [inForce] = atOnce(apps.directory(1)).apps
  assert.is(inForce?.endpoints[0]?.active, true)
})

test('are ordered by markers that wrap around', () => {
  const { generationsAt } = versions([2 ** 31 - 1], [-(2 ** 31)])
  assert.equal(generationsAt(2 ** 31 - 1), { inForce: [2 ** 31 - 1], toCome: [-(2 ** 31)] })
})

test('that are made while a directory is put together wait behind it', () => {
  const { apps } = versions([1])
  const work = apps.directory(1)
  work.next()
  apps.change(2, app(2, { active: false }))
  apps.reached(1)
  const { apps: inForce } = atOnce(work)
  assert.equal(
    [inForce, apps.waiting].map((found) => found.length),
    [1, 1],
  )
})

test('keep a stop for the generation that answered 410, until the next change is in force', () => {
  const { apps } = versions([1], [2])
  apps.stopped(0, 7, 1)
  assert.equal([atOnce(apps.directory(1)).stopped, atOnce(apps.directory(2)).stopped], [[7], []])
})

test('do not let a late stop of an earlier generation stop the present one', () => {
  const { apps } = versions([1], [2])
  apps.reached(2)
  apps.stopped(0, 7, 1)
  assert.equal(atOnce(apps.directory(2)).stopped, [])
})

test('forget the stop of an endpoint that has retired', () => {
  const { apps } = versions([1], [2, { active: false }])
  apps.stopped(0, 7, 2)
  apps.retired(0, 7, 2)
  assert.equal(atOnce(apps.directory(2)), { apps: [app(2, { endpoints: [] })], stopped: [] })
})

test('keep an endpoint that was removed, returned and was removed again from the first notice of its retirement', () => {
  const { apps } = versions([1], [2, { active: false }], [3], [4, { active: false }])
  assert.equal([apps.retired(0, 7, 2), apps.retired(0, 7, 4)?.endpoints], [undefined, []])
})

test('keep an endpoint that is active, whatever a notice says', () => {
  const { apps } = versions([1])
  assert.is(apps.retired(0, 7, 1), undefined)
})

test('are forgotten with the last endpoint of a removed app', () => {
  const { apps, forgotten } = versions([1], [2, { active: false, isRemoved: true }])
  apps.retired(0, 7, 2)
  assert.equal([forgotten, [...apps.newest()]], [[0], []])
})

test('of a removed app without endpoints are forgotten when the removal is in force', () => {
  const { apps, forgotten } = versions([1, { endpoints: [] }], [2, { endpoints: [], isRemoved: true }])
  apps.reached(1)
  const before = [...forgotten]
  apps.reached(2)
  assert.equal([before, forgotten], [[], [0]])
})

test.run()
