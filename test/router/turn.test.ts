import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Turn } from '../../src/router/turn.js'

const test = suite('turn')

test('its end is told to all that listen, when somebody awaits it', async () => {
  const turn = new Turn()
  const told: string[] = []
  turn.onEnd(() => told.push('one'))
  turn.onEnd(() => told.push('other'))
  await undefined
  turn.awaitEnd()
  const during = [...told]
  await undefined
  assert.equal([during, told], [[], ['one', 'other']])
})

test('its end is told once, however often it is awaited', async () => {
  const turn = new Turn()
  let told = 0
  turn.onEnd(() => {
    told += 1
  })
  for (let count = 0; count < 5; count++) turn.awaitEnd()
  await undefined
  assert.is(told, 1)
})

test('each turn is a new one', async () => {
  const turn = new Turn()
  let told = 0
  turn.onEnd(() => {
    told += 1
  })
  for (let count = 0; count < 3; count++) {
    turn.awaitEnd()
    assert.ok(turn.isEndAwaited)
    await undefined
    assert.not(turn.isEndAwaited)
  }
  assert.is(told, 3)
})

test('what one that listens puts off again has an end of its own', async () => {
  const turn = new Turn()
  let told = 0
  turn.onEnd(() => {
    told += 1
    if (told === 1) turn.awaitEnd()
  })
  turn.awaitEnd()
  await undefined
  await undefined
  assert.is(told, 2)
})

test.run()
