import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Answer, answerOfError } from '../../src/names/answer.js'
import { AnswerCache } from '../../src/names/answer-cache.js'

const cache = suite('answers to names')

function found(ttlMs: number): Answer {
  return { kind: 'found', addresses: [{ address: '192.0.2.1', family: 4 }], ttlMs }
}

/** For how long the cache gives the answer back, to the ms. */
function lifetime(answer: Answer): number {
  const remembered = new AnswerCache(1)
  remembered.put('a.test', answer, 0)
  let lowMs = 0
  let highMs = 2 ** 40
  while (highMs - lowMs > 1) {
    const middleMs = Math.floor((lowMs + highMs) / 2)
    if (remembered.get('a.test', middleMs) === null) highMs = middleMs
    else lowMs = middleMs
  }
  return highMs
}

cache('live as long as they say, but a second at least and five minutes at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (ttlMs) => {
      return lifetime(found(ttlMs)) === Math.min(Math.max(ttlMs, 1_000), 300_000)
    }),
  )
})

cache('that there is no such name live longer than those that nobody knows', () => {
  assert.equal([lifetime(answerOfError('ENOTFOUND')), lifetime(answerOfError('ETIMEOUT'))], [10_000, 1_000])
})

cache('are bounded in number, the oldest goes first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), fc.integer({ min: 1, max: 5 }), (puts, max) => {
      const remembered = new AnswerCache(max)
      for (const name of puts) remembered.put(String(name), found(60_000), 0)
      const newest = [...new Set(puts.toReversed())].slice(0, max).map(String)
      const kept = Array.from({ length: 10 }, (_, name) => String(name)).filter(
        (name) => remembered.get(name, 0) !== null,
      )
      assert.equal(kept.sort(), newest.sort())
    }),
  )
})

cache('say that the last question failed after they have expired, until the next one succeeds', () => {
  const remembered = new AnswerCache(10)
  remembered.put('a.test', answerOfError('ETIMEOUT'), 0)
  const failed = [remembered.get('a.test', 5_000), remembered.hasFailed('a.test')]
  remembered.put('a.test', found(1_000), 5_000)
  assert.equal([...failed, remembered.hasFailed('a.test')], [null, true, false])
})

cache.run()
