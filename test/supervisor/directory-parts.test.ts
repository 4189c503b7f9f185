import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DirectoryPart, PlacedApp } from '../../src/shard/messages.js'
import { partDirectory } from '../../src/supervisor/directory-parts.js'
import { endpoint } from '../courier/support/rig.js'
import { atOnce } from '../support/at-once.js'
import { testApp } from '../transport/support/endpoint.js'

const test = suite('the parts of a directory')

const NONE: ReadonlySet<number> = new Set()

/** An app with one endpoint, which has the app's index as its number. */
function placed(index: number, active = true): PlacedApp {
  const endpoints = [{ number: index, config: endpoint(), active, generation: 1 }]
  return { index, config: testApp, endpoints, isRemoved: false }
}

function indexes(parts: readonly DirectoryPart[]): number[] {
  return parts.flatMap(({ apps }) => apps.map(({ index }) => index))
}

test('send apps later that nothing is left of', () => {
  const { first, later } = atOnce(partDirectory({ apps: [placed(0), placed(1)], stopped: [] }, NONE))
  assert.equal([first, indexes(later)], [[], [0, 1]])
})

test('send apps first that a dead thread has left something of', () => {
  const { first, later } = atOnce(partDirectory({ apps: [placed(0), placed(1)], stopped: [] }, new Set([1])))
  assert.equal([first.map(({ index }) => index), indexes(later)], [[1], [0]])
})

test('send apps first that have an endpoint which is gone or stopped', () => {
  const { first } = atOnce(partDirectory({ apps: [placed(0), placed(1, false), placed(2)], stopped: [2] }, NONE))
  assert.equal(
    first.map(({ index }) => index),
    [1, 2],
  )
})

test('hold every app once, in order, and name the last of them', () => {
  const apps = Array.from({ length: 1001 }, (_, index) => placed(index))
  const { later } = atOnce(partDirectory({ apps, stopped: [] }, NONE))
  assert.equal(
    [indexes(later), later.map(({ isLast }) => isLast)],
    [apps.map(({ index }) => index), later.map((_, part) => part === later.length - 1)],
  )
})

test('are small, so that copying one is not felt', () => {
  const apps = Array.from({ length: 1001 }, (_, index) => placed(index))
  const { later } = atOnce(partDirectory({ apps, stopped: [] }, NONE))
  assert.ok(later.every((part) => part.apps.length <= 50))
})

test('say that there is nothing more when there is nothing', () => {
  assert.equal(atOnce(partDirectory({ apps: [], stopped: [] }, NONE)).later, [{ apps: [], isLast: true }])
})

test.run()
