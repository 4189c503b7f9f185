import fc from 'fast-check'
import { RE2JS } from 're2js'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { patternFilter } from '../../src/actor/pattern-filter.js'

const pattern = suite('a channel pattern')

pattern('says the same whether it remembers or not', () => {
  const channel = fc.nat(200).map((number) => `room-${number}`)
  fc.assert(
    fc.property(fc.array(channel, { minLength: 100, maxLength: 600 }), (channels) => {
      const found = patternFilter('[02468]$')
      assert.equal(
        channels.map(found),
        channels.map((name) => /[02468]$/.test(name)),
      )
    }),
  )
})

/** How often the pattern is run while `use` runs. */
function runs(use: () => void): number {
  const { matcher } = RE2JS.prototype
  let count = 0
  RE2JS.prototype.matcher = function (...args) {
    count += 1
    return matcher.apply(this, args)
  }
  try {
    use()
  } finally {
    RE2JS.prototype.matcher = matcher
  }
  return count
}

pattern('is run once for the channels that events come for again and again', () => {
  const found = patternFilter('a')
  const ran = runs(() => {
    for (let time = 0; time < 10; time += 1) for (let room = 0; room < 64; room += 1) found(`room-${room}`)
  })
  assert.is(ran, 64)
})

pattern('remembers a bounded number of channels', () => {
  const found = patternFilter('a')
  for (let room = 0; room < 1000; room += 1) found(`room-${room}`)
  assert.is(
    runs(() => found('room-0')),
    1,
  )
})

pattern('is not run on a channel that is too long for it', () => {
  const found = patternFilter('a{100}')
  const ran = runs(() => assert.is(found('a'.repeat(10_000)), false))
  assert.is(ran, 0)
})

pattern.run()
