import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compilePattern } from '../../src/config/channel-pattern/compile.js'
import { validateWebhook } from '../../src/config/index.js'
import { costProblem, isAffordable } from '../../src/config/pattern-cost.js'

const cost = suite('the cost of a pattern')

const USUAL = [
  '^room-[0-9]{1,8}$',
  '(?i)^presence-(?:lobby|room|table)-\\d+$',
  '^(?:private|presence)-(?:[a-z0-9]+(?:-[a-z0-9]+)*)\\.(?:updates|events|chat)$',
  '^[\\w-]{1,100}$',
]

/** What is expected in place of the pattern; null: it is borne. */
const problemOf = (pattern: string) => costProblem(compilePattern(pattern).programSize())

for (const pattern of USUAL) {
  cost(`of ${pattern} is borne`, () => {
    assert.is(problemOf(pattern), null)
  })
}

cost('of a repetition that multiplies is refused at configuration, with the figure', () => {
  const filter = { channel_pattern: '(\\w*-?){500}\\d' }
  const webhook = { url: 'http://127.0.0.1/', event_types: ['x'], filter }
  const [problem] = validateWebhook(webhook)
  assert.match(problem?.message ?? '', /a regular expression of at most 400 instructions; this one compiles to \d{4}, /)
})

cost('allows every pattern on 250 characters, and small ones on more', () => {
  assert.equal(
    [isAffordable(400, 250), isAffordable(400, 251), isAffordable(10, 10_000), isAffordable(10, 10_001)],
    [true, false, true, false],
  )
})

cost.run()
