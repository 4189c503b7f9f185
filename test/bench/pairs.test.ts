import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { differences, interleaved } from '../../bench/measure/pairs.js'

const test = suite('pairs')

async function orderOf(options: { budgetMs: number; least: number; most: number }): Promise<string> {
  const order: string[] = []
  const side = (name: string) => async () => {
    order.push(name)
    return 0
  }
  await interleaved(side('i'), side('b'), options)
  return order.join('')
}

test('take turns in which side is first', async () => {
  assert.is(await orderOf({ budgetMs: 0, least: 4, most: 4 }), 'ibbiibbi')
})

test('are the least when the time is up', async () => {
  assert.is(await orderOf({ budgetMs: 0, least: 2, most: 9 }), 'ibbi')
})

test('are the most when there is time for more', async () => {
  assert.is(await orderOf({ budgetMs: 60_000, least: 1, most: 3 }), 'ibbiib')
})

test('give what the busy side has more than the idle one', () => {
  const pairs = [
    { idle: 10, busy: 25 },
    { idle: 30, busy: 20 },
  ]
  assert.equal(
    differences(pairs, (value) => value),
    [15, -10],
  )
})

test.run()
