import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { SlabSet } from '../../src/arena/slab-set.js'

const test = suite('slab set')

const LINE_BYTES = 64
const LINES = 200

const anySlab = fc.nat(LINES - 1).map((line) => (line * LINE_BYTES) as SlabId)

test('has what a set has, whatever is put in and taken out', () => {
  fc.assert(
    fc.property(fc.array(anySlab), fc.array(anySlab), (slabs, taken) => {
      const model = new Set(slabs)
      const set = new SlabSet(LINES * LINE_BYTES, slabs)
      assert.is(set.size, model.size)
      for (const slab of taken) {
        assert.is(set.delete(slab), model.delete(slab))
        assert.is(set.size, model.size)
      }
    }),
  )
})

test('has room for the last slab of an arena of 2 GiB', () => {
  const arenaBytes = 2 ** 31 + LINE_BYTES
  const last = (arenaBytes - LINE_BYTES) as SlabId
  const set = new SlabSet(arenaBytes, [last])
  assert.equal([set.size, set.delete(last), set.size], [1, true, 0])
})

test.run()
