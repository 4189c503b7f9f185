import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { HandingOver } from '../../src/deliver/handing-over.js'
import type { EndpointNumber } from '../../src/indexes.js'

const test = suite('what is handed over')

const NUMBER = 3 as EndpointNumber

function handingOverWhere(isCrowded: boolean): HandingOver {
  const endpoint = { leaving: 0 }
  const parts = {
    endpoints: { get: () => endpoint },
    batches: { allocator: { isCrowded } },
    custodian: { handOver: () => undefined },
  }
  return new HandingOver(parts as unknown as ConstructorParameters<typeof HandingOver>[0])
}

for (const [isCrowded, departures] of [
  [false, ['now', 'now']],
  [true, ['now', 'soon']],
] as const) {
  test(`is sealed at its deadline ${isCrowded ? 'unless one is on its way where more comes than leaves' : 'while there is room'}`, () => {
    const handingOver = handingOverWhere(isCrowded)
    const before = handingOver.askToLeave(NUMBER)
    handingOver.submit(NUMBER, 0 as SlabId)
    assert.equal([before, handingOver.askToLeave(NUMBER)], departures)
  })
}

test.run()
