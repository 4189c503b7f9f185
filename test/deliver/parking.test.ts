import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { Parking } from '../../src/deliver/parking.js'
import type { Departure } from '../../src/departure.js'
import { encodeHeads, type HeadBlock } from '../../src/hand-over/head-block.js'
import type { EndpointNumber } from '../../src/indexes.js'
import type { StorageCall } from '../../src/storage/messages.js'
import { jobOf } from '../queue/job-store-contract.js'

const test = suite('what is parked')

const NUMBER = 3 as EndpointNumber
const SLAB = 0 as SlabId

interface Situation {
  /** What the courier says. */
  readonly departure?: Departure
  readonly isCrowded?: boolean
}

/** A parking lot of one endpoint whose courier is idle. @returns also what it asked of the storage thread */
function parkingOfOne({ departure = 'now', isCrowded = false }: Situation = {}): {
  readonly parking: Parking
  readonly takes: StorageCall[]
  readonly loads: Extract<StorageCall, { kind: 'load' }>[]
} {
  const takes: StorageCall[] = []
  const loads: Extract<StorageCall, { kind: 'load' }>[] = []
  let claimed = 0
  const endpoint = {
    number: NUMBER,
    appIndex: 0,
    app: { id: 'app' },
    config: { id: 'hook', concurrency: 1 },
    backlog: null,
  }
  const parts = {
    endpoints: { find: () => endpoint, get: () => endpoint },
    batches: {
      slabs: { endpoint: () => NUMBER },
      allocator: { isCrowded, memory: { slabBytes: () => 64 } },
      claimStored: () => claimed++,
    },
    handOver: { firstSeq: 1 },
    couriers: { of: () => ({ circuitState: () => 'closed', waiting: 0, untried: 0 }), askToLeave: () => departure },
    upstream: { held: () => undefined, called: () => undefined },
    flushes: { reached: () => undefined },
    port: {
      ask: (call: StorageCall) => {
        if (call?.kind === 'take') takes.push(call)
        if (call?.kind === 'load') loads.push(call)
      },
    },
  }
  return { parking: new Parking(parts as unknown as ConstructorParameters<typeof Parking>[0]), takes, loads }
}

function headsOf(count: number, bodyBytes: number): HeadBlock {
  return encodeHeads(Array.from({ length: count }, (_, index) => jobOf(index + 1, { bodyBytes }).head))
}

test('is asked for again when it came into the store while an answer was on its way', () => {
  const { parking, takes } = parkingOfOne()
  parking.mayHave(NUMBER)
  parking.parked(SLAB)
  parking.receive({ kind: 'taken', endpoint: NUMBER, heads: encodeHeads([]), hasMore: false, pause: null })
  assert.is(takes.length, 2)
})

test('is not asked for again when the answer had all', () => {
  const { parking, takes } = parkingOfOne()
  parking.mayHave(NUMBER)
  parking.receive({ kind: 'taken', endpoint: NUMBER, heads: encodeHeads([]), hasMore: false, pause: null })
  assert.is(takes.length, 1)
})

for (const [what, bodyBytes, loaded] of [
  ['small', 200, 32],
  ['large', 64 * 1024, 4],
] as const) {
  test(`comes back as far ahead as its courier needs: ${what} ones`, () => {
    const { parking, loads } = parkingOfOne()
    parking.mayHave(NUMBER)
    const heads = headsOf(64, bodyBytes)
    parking.receive({ kind: 'taken', endpoint: NUMBER, heads, hasMore: false, pause: null })
    assert.equal(
      loads.map(({ slabs }) => slabs.length),
      [loaded],
    )
  })
}

test('has batches sealed at their deadline whatever the courier does, for they are to be stored', () => {
  const { parking } = parkingOfOne({ departure: 'soon' })
  assert.is(parking.askToLeave(NUMBER, 0), 'now')
})

test('lets batches grow behind others that leave, where more comes than leaves', () => {
  const { parking } = parkingOfOne({ departure: 'soon', isCrowded: true })
  assert.is(parking.askToLeave(NUMBER, 0), 'soon')
})

test('has batches of a receiver that fails sealed, for they are to be parked', () => {
  const { parking } = parkingOfOne({ departure: 'late', isCrowded: true })
  assert.is(parking.askToLeave(NUMBER, 0), 'now')
})

test('has batches behind parked ones sealed, for they are to be parked too', () => {
  const { parking } = parkingOfOne({ departure: 'soon', isCrowded: true })
  parking.mayHave(NUMBER)
  assert.is(parking.askToLeave(NUMBER, 0), 'now')
})

test.run()
