import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { OnFull } from '../../src/config/model.js'
import { Backpressure } from '../../src/gather/backpressure.js'
import type { Holder } from '../../src/gather/holder.js'
import { eventTypeOf } from '../../src/ring/event-types.js'
import { APP_FULL, createBoard } from '../../src/ring/layout.js'
import type { Notice } from '../../src/shard/messages.js'
import { holderOf } from './support/holders.js'

const test = suite('backpressure of a shard')

const FREE_BYTES = 8000
const FULL_BYTES = FREE_BYTES + 1
const CLIENT_EVENT = 1 << eventTypeOf('client_event')
const CACHE_MISS = 1 << eventTypeOf('cache_miss')

/** The backpressure of app 0 with these endpoints, what it tells and what it shows the main thread. */
function rigOf(holders: Holder[], onFull: OnFull = 'refuse') {
  let isInReserve = false
  const told: Notice[] = []
  const shared = createBoard()
  const board = new Int32Array(shared)
  const backpressure = new Backpressure(
    { onFull, endpointShare: 1, ringBytes: 0 },
    { holdersOf: () => holders, isInReserve: () => isInReserve },
    { dropOldest: () => false },
    { tell: (notice) => told.push(notice) },
    { freeBytes: FREE_BYTES },
    shared,
  )
  return {
    backpressure,
    told,
    blocked: () => board[0],
    setAside(isSetAside: boolean) {
      isInReserve = isSetAside
      backpressure.show(0)
    },
    hold(holder: Holder, bytes: number) {
      holder.heldBytes = bytes
      backpressure.holds(holder)
    },
  }
}

test('shows what only full endpoints want, and tells of nothing', () => {
  const holder = holderOf(1, { eventTypes: ['client_event'] })
  const { hold, blocked, told } = rigOf([holder])
  hold(holder, FULL_BYTES)
  assert.equal([blocked(), told], [CLIENT_EVENT, []])
})

test('tells of relief when some types have room while others have none', () => {
  const chat = holderOf(1, { eventTypes: ['client_event'] })
  const cache = holderOf(2, { eventTypes: ['cache_miss'] })
  const { hold, blocked, told } = rigOf([chat, cache])
  for (const holder of [chat, cache]) hold(holder, FULL_BYTES)
  hold(chat, 0)
  assert.equal([blocked(), told], [CACHE_MISS, [{ kind: 'relief', app: 0 }]])
})

test('tells of relief when the app gets another endpoint that has room', () => {
  const full = holderOf(1, { eventTypes: ['client_event'] })
  const holders = [full]
  const { backpressure, hold, blocked, told } = rigOf(holders)
  hold(full, FULL_BYTES)
  holders.push(holderOf(2, { eventTypes: ['client_event'] }))
  backpressure.show(0)
  assert.equal([blocked(), told], [0, [{ kind: 'relief', app: 0 }]])
})

test('tells of no relief when nothing was blocked', () => {
  const { backpressure, told } = rigOf([holderOf(1)])
  backpressure.show(0)
  assert.equal(told, [])
})

for (const onFull of ['refuse', 'drop-oldest'] as const) {
  test(`blocks an app while events of it are set aside, and tells of relief then (${onFull})`, () => {
    const { setAside, blocked, told } = rigOf([holderOf(1)], onFull)
    setAside(true)
    const whileSetAside = blocked()
    setAside(false)
    assert.equal([whileSetAside, blocked(), told], [APP_FULL, 0, [{ kind: 'relief', app: 0 }]])
  })
}

test('blocks nothing under drop-oldest', () => {
  const holder = holderOf(1, { eventTypes: ['client_event'] })
  const { backpressure, hold, blocked } = rigOf([holder], 'drop-oldest')
  hold(holder, FULL_BYTES)
  backpressure.show(0)
  assert.is(blocked(), 0)
})

test('drops the oldest batches under drop-oldest until the endpoint is within its share, or has none that was never tried', () => {
  const holder = holderOf(1)
  const dropped: number[] = []
  const backpressure = new Backpressure(
    { onFull: 'drop-oldest', endpointShare: 1, ringBytes: 0 },
    { holdersOf: () => [holder], isInReserve: () => false },
    {
      dropOldest(endpoint) {
        dropped.push(endpoint)
        holder.heldBytes -= FREE_BYTES / 2
        return dropped.length < 4
      },
    },
    { tell: () => undefined },
    { freeBytes: FREE_BYTES },
    createBoard(),
  )
  const droppedAt = [FREE_BYTES, FREE_BYTES * 1.5, FREE_BYTES * 5].map((heldBytes) => {
    holder.heldBytes = heldBytes
    backpressure.holds(holder)
    return dropped.length
  })
  assert.equal(
    [droppedAt, dropped],
    [
      [0, 2, 4],
      [1, 1, 1, 1],
    ],
  )
})

test.run()
