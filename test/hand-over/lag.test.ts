import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Lag } from '../../src/hand-over/lag.js'

const test = suite('the lag of a hand-over')

test('is nothing while everything that was written has left', () => {
  const lag = new Lag()
  lag.look(7, 7, 100)
  assert.is(lag.at(200), 0)
})

test('grows while an entry waits, and is what that has taken when it has left', () => {
  const lag = new Lag()
  lag.look(3, 1, 100)
  const meanwhile = lag.at(400)
  lag.look(9, 5, 600)
  assert.equal([meanwhile, lag.at(600)], [300, 500])
})

test('goes on where positions wrap around', () => {
  const lag = new Lag()
  lag.look(1, -2, 100)
  lag.look(1, -1, 1000)
  assert.is(lag.at(1000), 900)
})

test('has fallen behind once, until it has caught up', () => {
  const lag = new Lag()
  lag.look(3, 1, 0)
  const first = [lag.hasFallenBehind(900), lag.hasFallenBehind(1100), lag.hasFallenBehind(2000)]
  lag.look(3, 3, 2100)
  const caughtUp = lag.hasFallenBehind(2100)
  lag.look(5, 3, 2200)
  assert.equal([first, caughtUp, lag.hasFallenBehind(3300)], [[false, true, false], false, true])
})

test.run()
