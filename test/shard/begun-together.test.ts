import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { leavesTo, ShardRig } from './support/shard.js'

const test = suite('batches that were begun together')

const WINDOW_MS = 50
const ENDPOINTS = 30

test('do not all leave in the same millisecond, and none later than its window allows', async () => {
  const endpoints = Array.from({ length: ENDPOINTS }, (_, number) => leavesTo('http://127.0.0.1:9/', `${number}`))
  await using rig = new ShardRig({ durationMs: WINDOW_MS, endpoints })
  rig.emit('channel_vacated', 'room')
  const latestMs = Date.now() + WINDOW_MS
  const { deadlines } = rig.shard.gather
  const byMs = new Map<number, number>()
  for (let due = deadlines.takeDue(latestMs); due !== undefined; due = deadlines.takeDue(latestMs)) {
    const ms = Math.floor(due.atMs)
    byMs.set(ms, (byMs.get(ms) ?? 0) + 1)
  }
  assert.equal([...byMs.values()].sort(), [14, 16])
})

test.run()
