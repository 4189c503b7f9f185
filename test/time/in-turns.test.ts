import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inTurns } from '../../src/time/in-turns.js'

const test = suite('work in turns')

function* count(upTo: number, workMs = 0): Generator<void, number> {
  let counted = 0
  for (; counted < upTo; counted++) {
    const endMs = performance.now() + workMs
    while (performance.now() < endMs);
    yield
  }
  return counted
}

test('is done to its end', async () => {
  assert.is(await inTurns(count(1000)), 1000)
})

test('lets the event loop go on between its pieces', async () => {
  let turns = 0
  const counting = setInterval(() => {
    turns += 1
  }, 0)
  await inTurns(count(20, 2))
  clearInterval(counting)
  assert.ok(turns > 1, `${turns} turns`)
})

test('rejects with what it throws', async () => {
  // biome-ignore lint/correctness/useYield: it ends before its first piece does.
  function* failing(): Generator<void, never> {
    throw new RangeError('the work failed')
  }
  const error: unknown = await inTurns(failing()).catch((reason: unknown) => reason)
  assert.instance(error, RangeError)
})

test.run()
