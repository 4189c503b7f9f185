import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ActResult, isWhole, lastLine, lastLineJson } from '../../scripts/demo/summary.js'

const test = suite("the demonstration's last line")

const act = (given: Partial<ActResult> = {}): ActResult => ({
  emitted: 10,
  delivered: 10,
  verified: 10,
  refused: 0,
  failed: 0,
  invalid: 0,
  details: {},
  ...given,
})

test('adds up both acts', () => {
  assert.is(
    lastLine([act(), act({ emitted: 5, delivered: 5, verified: 4 })]),
    '15 emitted, 15 delivered, 14 verified, 1 lost',
  )
})

test('is a JSON object on request, with the details of each act', () => {
  const json = lastLineJson([act({ details: { batches: 3 } }), act({ details: { repeated: 2 } })])
  assert.equal(JSON.parse(json), {
    emitted: 20,
    delivered: 20,
    verified: 20,
    lost: 0,
    refused: 0,
    failed: 0,
    invalid: 0,
    batches: 3,
    repeated: 2,
  })
})

test('all is well when every event was delivered and verified', () => assert.ok(isWhole([act(), act()])))

for (const [what, wrong] of [
  ['is lost', { verified: 9 }],
  ['is left', { delivered: 9 }],
  ['was refused', { refused: 1 }],
  ['is a dead letter', { failed: 1 }],
  ['has a wrong signature', { invalid: 1 }],
] as const) {
  test(`all is not well when anything ${what}`, () => assert.not.ok(isWhole([act(), act(wrong)])))
}

test.run()
