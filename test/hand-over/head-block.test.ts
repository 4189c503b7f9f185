import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeHeads, encodeHeads, idsIn } from '../../src/hand-over/head-block.js'
import type { JobHead } from '../../src/queue/job.js'
import { unixMs } from '../../src/time/clocks.js'
import { jobOf } from '../queue/job-store-contract.js'

const test = suite('the heads that a shard gets')

const { target: TARGET } = jobOf(0).head

function head(number: number): JobHead {
  const firstEventAt = unixMs(1_790_000_000_000.5)
  return jobOf(number, { life: number, seq: 2 ** 52 + number, attempts: 3, status: 503, spentMs: 12.25, firstEventAt })
    .head
}

test('are those that the storage thread sent', () => {
  const heads = [head(0), head(1), { ...head(2), nextAt: 1_800_000_000_000, bodyBytes: 262_144 }]
  const block = structuredClone(encodeHeads(heads))
  assert.equal(decodeHeads(block, TARGET), heads)
  assert.equal(
    idsIn(block),
    heads.map(({ id }) => id),
  )
})

test('may be none', () => {
  assert.equal([decodeHeads(encodeHeads([]), TARGET), idsIn(encodeHeads([]))], [[], []])
})

test.run()
