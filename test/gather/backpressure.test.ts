import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { OnFull } from '../../src/config/model.js'
import type { Endpoint } from '../../src/deliver/endpoint.js'
import { Backpressure } from '../../src/gather/backpressure.js'
import { eventTypeOf } from '../../src/ring/event-types.js'
import { APP_FULL, createBoard } from '../../src/ring/layout.js'
import type { Notice } from '../../src/shard/messages.js'
import { endpointOf } from '../deliver/support/endpoints.js'

const test = suite('backpressure of a shard')

const FREE_BYTES = 8000
const FULL_BYTES = FREE_BYTES + 1
const CLIENT_EVENT = 1 << eventTypeOf('client_event')
const CACHE_MISS = 1 << eventTypeOf('cache_miss')

/** The backpressure of app 0 with these endpoints, what it tells and what it shows the main thread. */
function rigOf(endpoints: Endpoint[], onFull: OnFull = 'refuse') {
  let isInReserve = false
  const told: Notice[] = []
  const shared = createBoard()
  const board = new Int32Array(shared)
  const backpressure = new Backpressure(
    { onFull, endpointShare: 1, ringBytes: 0 },
    { endpointsOf: () => endpoints, letGo: () => undefined, isInReserve: () => isInReserve },
    { add: () => undefined },
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
    hold(endpoint: Endpoint, bytes: number) {
      endpoint.heldBytes = bytes
      backpressure.holds(endpoint)
    },
  }
}

test('shows what only full endpoints want, and tells of nothing', () => {
  const endpoint = endpointOf(1, { eventTypes: ['client_event'] })
  const { hold, blocked, told } = rigOf([endpoint])
  hold(endpoint, FULL_BYTES)
  assert.equal([blocked(), told], [CLIENT_EVENT, []])
})

test('tells of relief when some types have room while others have none', () => {
  const chat = endpointOf(1, { eventTypes: ['client_event'] })
  const cache = endpointOf(2, { eventTypes: ['cache_miss'] })
  const { hold, blocked, told } = rigOf([chat, cache])
  for (const endpoint of [chat, cache]) hold(endpoint, FULL_BYTES)
  hold(chat, 0)
  assert.equal([blocked(), told], [CACHE_MISS, [{ kind: 'relief', app: 0 }]])
})

test('tells of relief when the app gets another endpoint that has room', () => {
  const full = endpointOf(1, { eventTypes: ['client_event'] })
  const endpoints = [full]
  const { backpressure, hold, blocked, told } = rigOf(endpoints)
  hold(full, FULL_BYTES)
  endpoints.push(endpointOf(2, { eventTypes: ['client_event'] }))
  backpressure.show(0)
  assert.equal([blocked(), told], [0, [{ kind: 'relief', app: 0 }]])
})

test('tells of no relief when nothing was blocked', () => {
  const { backpressure, told } = rigOf([endpointOf(1)])
  backpressure.show(0)
  assert.equal(told, [])
})

for (const onFull of ['refuse', 'drop-oldest'] as const) {
  test(`blocks an app while events of it are set aside, and tells of relief then (${onFull})`, () => {
    const { setAside, blocked, told } = rigOf([endpointOf(1)], onFull)
    setAside(true)
    const whileSetAside = blocked()
    setAside(false)
    assert.equal([whileSetAside, blocked(), told], [APP_FULL, 0, [{ kind: 'relief', app: 0 }]])
  })
}

test('blocks nothing under drop-oldest', () => {
  const endpoint = endpointOf(1, { eventTypes: ['client_event'] })
  const { backpressure, hold, blocked } = rigOf([endpoint], 'drop-oldest')
  hold(endpoint, FULL_BYTES)
  backpressure.show(0)
  assert.is(blocked(), 0)
})

test.run()
