import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DirectoryPart, PlacedApp } from '../../src/shard/messages.js'
import type { ShardDirectory } from '../../src/supervisor/app-versions.js'
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

/** The indexes of the apps that are needed at once, and of the others. */
function parted(directory: ShardDirectory, leftover = NONE): { readonly needed: number[]; readonly others: number[] } {
  const { parts, needed } = atOnce(partDirectory(directory, leftover))
  const indexes = (some: readonly DirectoryPart[]) => some.flatMap(({ apps }) => apps.map(({ index }) => index))
  return { needed: indexes(parts.slice(0, needed)), others: indexes(parts.slice(needed)) }
}

test('send apps later that nothing is left of', () => {
  assert.equal(parted({ apps: [placed(0), placed(1)], stopped: [] }), { needed: [], others: [0, 1] })
})

test('send apps first that a dead thread has left something of', () => {
  assert.equal(parted({ apps: [placed(0), placed(1)], stopped: [] }, new Set([1])), { needed: [1], others: [0] })
})

test('send apps first that have an endpoint which is gone or stopped', () => {
  assert.equal(parted({ apps: [placed(0), placed(1, false), placed(2)], stopped: [2] }).needed, [1, 2])
})

test('hold every app once, in order, and name the last of them', () => {
  const apps = Array.from({ length: 1001 }, (_, index) => placed(index))
  const { parts } = atOnce(partDirectory({ apps, stopped: [] }, NONE))
  assert.equal(
    [parts.flatMap((part) => part.apps.map(({ index }) => index)), parts.map(({ isLast }) => isLast)],
    [apps.map(({ index }) => index), parts.map((_, part) => part === parts.length - 1)],
  )
})

test('are small, so that copying one is not felt', () => {
  const apps = Array.from({ length: 1001 }, (_, index) => placed(index))
  const { parts } = atOnce(partDirectory({ apps, stopped: [] }, new Set([1, 2, 3])))
  assert.ok(parts.every((part) => part.apps.length <= 50))
})

test('say that there is nothing more when there is nothing', () => {
  assert.equal(atOnce(partDirectory({ apps: [], stopped: [] }, NONE)), {
    parts: [{ apps: [], isLast: true }],
    needed: 0,
  })
})

test.run()
