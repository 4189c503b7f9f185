import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { A_PATTERN, isAffordable, patternProblem } from '../../src/config/pattern-cost.js'

const cost = suite('the cost of a pattern')

const USUAL = [
  '^room-[0-9]{1,8}$',
  '(?i)^presence-(?:lobby|room|table)-\\d+$',
  '^(?:private|presence)-(?:[a-z0-9]+(?:-[a-z0-9]+)*)\\.(?:updates|events|chat)$',
  '^[\\w-]{1,100}$',
]

for (const pattern of USUAL) {
  cost(`of ${pattern} is borne`, () => {
    assert.is(patternProblem(pattern), null)
  })
}

cost('of a repetition that multiplies is refused, with the figure', () => {
  const problem = patternProblem('(\\w*-?){500}\\d')
  assert.match(problem ?? '', /^a regular expression of at most 400 instructions; this one compiles to \d{4}, /)
})

for (const pattern of ['', '(?=a)', '(', 'a'.repeat(1025)]) {
  cost(`of ${pattern.slice(0, 5) || 'nothing'} is not asked: it is no pattern`, () => {
    assert.is(patternProblem(pattern), A_PATTERN)
  })
}

cost('allows every pattern on 250 characters, and small ones on more', () => {
  assert.equal(
    [isAffordable(400, 250), isAffordable(400, 251), isAffordable(10, 10_000), isAffordable(10, 10_001)],
    [true, false, true, false],
  )
})

cost.run()
