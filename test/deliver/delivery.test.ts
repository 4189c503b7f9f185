import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Allocator } from '../../src/arena/allocator.js'
import { ArenaMemory } from '../../src/arena/arena-memory.js'
import { Batches } from '../../src/arena/batches.js'
import { ENVELOPE } from '../../src/arena/body.js'
import { DeliveryIds } from '../../src/arena/delivery-ids.js'
import { arenaShape, createArena } from '../../src/arena/layout.js'
import type { EndpointConfig } from '../../src/config/model.js'
import { Bulkhead } from '../../src/courier/bulkhead.js'
import { Courier } from '../../src/courier/courier.js'
import { Delivery } from '../../src/deliver/delivery.js'
import type { Endpoint } from '../../src/deliver/endpoint.js'
import type { Notice } from '../../src/shard/messages.js'
import { Counter, createShardBlock } from '../../src/stats/layout.js'
import { ShardCounters } from '../../src/stats/shard-counters.js'
import { monotonicNow as now } from '../../src/time/clocks.js'
import type { Transport, Transports } from '../../src/transport/transport.js'
import { httpEndpoint } from '../transport/support/endpoint.js'
import { endpointOf } from './support/endpoints.js'

const test = suite('delivery')

const FAULT = 'a planted fault'
const TWO_ATTEMPTS = { ...httpEndpoint('http://127.0.0.1/').retry, maxAttempts: 2, initialBackoffMs: 1 }

const planted = (): never => {
  throw new Error(FAULT)
}
const ACKNOWLEDGING: Transport = { send: (_, done) => void setImmediate(done, { kind: 'delivered', status: 200 }) }

/** Two endpoints, of which number 0 has this outlet and number 1 acknowledges everything. */
class Rig {
  readonly told: Notice[] = []
  readonly buried: { readonly endpoint: number; readonly cause: string; readonly error: string }[] = []
  readonly acknowledged: number[] = []
  readonly counters = new ShardCounters(createShardBlock())
  readonly bulkhead = new Bulkhead(10, 1000)
  private readonly batches: Batches
  private readonly delivery: Delivery
  private readonly endpoints: readonly Endpoint[]
  private readonly waiting = new Map<number, () => void>()

  constructor(open: Transports['open'], overrides: Partial<EndpointConfig> = {}) {
    const shape = arenaShape(1024 * 1024, 16_384)
    this.batches = new Batches(new Allocator(new ArenaMemory(createArena(shape), shape)), ENVELOPE, new DeliveryIds())
    const transports: Transports = {
      open: (app, endpoint) => (endpoint.id === 'endpoint-0' ? open(app, endpoint) : ACKNOWLEDGING),
      close: async () => undefined,
    }
    const notices = { wants: () => true, tell: (notice: Notice) => this.told.push(notice) }
    this.delivery = new Delivery({
      onPaused: () => undefined,
      endpoints: { get: (number) => this.endpoint(number) },
      settlement: {
        free: ({ number }) => {
          this.acknowledged.push(number)
          this.waiting.get(number)?.()
        },
        bury: ({ number }, _slab, _status, cause, error) => {
          this.buried.push({ endpoint: number, cause, error })
          this.waiting.get(number)?.()
        },
        halve: () => null,
      },
      batches: this.batches,
      transports,
      bulkhead: this.bulkhead,
      counters: this.counters,
      notices,
      onEnded: (endpoint) => this.ended(endpoint),
      disposal: { failed: () => undefined },
    })
    this.endpoints = [0, 1].map((number) => {
      const endpoint = endpointOf(number, { retry: TWO_ATTEMPTS, ...overrides })
      const { facts } = this.delivery
      const parts = { facts, room: this.bulkhead, ports: this.delivery, random: Math.random }
      endpoint.courier = new Courier(number, endpoint.config, parts, now())
      return endpoint
    })
  }

  /** Submits a batch to this endpoint. Resolves when it is delivered or given up. */
  deliver(number: number): Promise<void> {
    const slab = this.batches.open(0, number, 10, 1, now())
    if (slab === null) throw new Error('the arena is full')
    this.batches.seal(slab, 'flush', now())
    const settled = new Promise<void>((resolve) => {
      this.waiting.set(number, resolve)
    })
    this.pumpAt(this.endpoint(number), this.endpoint(number).courier?.submit(slab, now()))
    return settled
  }

  endpoint(number: number): Endpoint {
    const endpoint = this.endpoints[number]
    if (endpoint === undefined) throw new Error(`no endpoint has the number ${number}`)
    return endpoint
  }

  private ended(endpoint: Endpoint): void {
    this.pumpAt(endpoint, endpoint.courier?.pump(now()))
  }

  private pumpAt(endpoint: Endpoint, atMs = Number.POSITIVE_INFINITY): void {
    if (atMs < Number.POSITIVE_INFINITY) setTimeout(() => this.ended(endpoint), atMs - now())
  }
}

const ERROR = `the attempt could not be made: ${FAULT}; given up: 2 attempts made`

for (const [what, open, overrides] of [
  ['a transport cannot be opened', planted, {}],
  ['a transport throws', () => ({ send: planted }), {}],
  ['nothing can be signed', () => ACKNOWLEDGING, { signatures: ['unknown' as 'pusher'] }],
] as const) {
  test(`when ${what} a batch is tried as often as the policy says, and is given up then`, async () => {
    const rig = new Rig(open, overrides)
    await rig.deliver(0)
    const { counters, bulkhead, buried } = rig
    assert.equal(
      [
        counters.get(Counter.attempts),
        counters.get(Counter.internal_failures),
        counters.get(Counter.in_flight),
        bulkhead.size,
        buried[0]?.cause,
      ],
      [2, 2, 0, 0, 'internal'],
    )
  })
}

test('what was thrown is told with the batch that is given up', async () => {
  const rig = new Rig(() => ({ send: planted }))
  await rig.deliver(0)
  const told = rig.told.map((notice) => [
    notice.kind,
    'report' in notice && 'error' in notice.report && notice.report.error,
  ])
  assert.equal(told, [
    ['failed', ERROR],
    ['dead-letter', ERROR],
  ])
})

test('an endpoint whose attempts throw does not touch another', async () => {
  const rig = new Rig(planted)
  await Promise.all([rig.deliver(0), rig.deliver(1)])
  assert.equal([rig.acknowledged, rig.buried.map(({ endpoint }) => endpoint)], [[1], [0]])
})

test('a throw is an outcome only after `send` has returned', () => {
  const rig = new Rig(planted)
  void rig.deliver(0)
  assert.equal([rig.counters.get(Counter.in_flight), rig.buried], [1, []])
})

test('an attempt that throws after it has begun has one outcome', async () => {
  const rig = new Rig(() => ({
    send(delivery, done) {
      ACKNOWLEDGING.send(delivery, done)
      planted()
    },
  }))
  await rig.deliver(0)
  assert.equal([rig.acknowledged, rig.buried.length, rig.bulkhead.size], [[0], 0, 0])
})

test.run()
