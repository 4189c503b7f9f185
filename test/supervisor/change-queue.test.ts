import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Change } from '../../src/shard/messages.js'
import { ChangeQueue } from '../../src/supervisor/change-queue.js'
import { testApp } from '../transport/support/endpoint.js'

const test = suite('the queue of changes')

function change(marker: number): Change {
  return { marker, app: { index: marker, config: testApp, endpoints: [], isRemoved: false } }
}

/** A queue, and the markers of what it has sent, part by part. */
function rig(): { readonly queue: ChangeQueue; readonly sent: number[][] } {
  const sent: number[][] = []
  const queue = new ChangeQueue(async (changes) => {
    sent.push(changes.map(({ marker }) => marker))
  })
  return { queue, sent }
}

test('sends changes of one turn together', async () => {
  const { queue, sent } = rig()
  await Promise.all([1, 2, 3].map((marker) => queue.add(change(marker))))
  assert.equal(sent, [[1, 2, 3]])
})

test('sends no more at once than is hardly felt, and the event loop goes on between', async () => {
  const { queue, sent } = rig()
  let sentAtFirstTurn = 0
  setImmediate(() => {
    sentAtFirstTurn = sent.length
  })
  const markers = Array.from({ length: 1000 }, (_, marker) => marker)
  await Promise.all(markers.map((marker) => queue.add(change(marker))))
  assert.equal([sent.flat(), Math.max(...sent.map(({ length }) => length)), sentAtFirstTurn], [markers, 50, 1])
})

test('tells every change of a part why it could not be sent, and sends the next', async () => {
  const sent: number[] = []
  const queue = new ChangeQueue(async (changes) => {
    if (changes.some(({ marker }) => marker === 1)) throw new Error('down')
    sent.push(...changes.map(({ marker }) => marker))
  })
  const settled = await Promise.allSettled([1, 2].map((marker) => queue.add(change(marker))))
  await queue.add(change(3))
  assert.equal([settled.map(({ status }) => status), sent], [['rejected', 'rejected'], [3]])
})

test.run()
