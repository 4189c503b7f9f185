import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { drawEvenly } from '../../../src/cli/load/even.js'
import { seededRandom, shuffle } from '../../../src/cli/load/random.js'
import { drawZipf } from '../../../src/cli/load/zipf.js'

const test = suite('load distributions')

function shares(draws: Uint32Array, ranks: number): number[] {
  const counts = Array.from({ length: ranks }, () => 0)
  for (const rank of draws) counts[rank] = (counts[rank] ?? 0) + 1
  return counts.map((count) => count / draws.length)
}

test('the same seed gives the same numbers', () => {
  const [one, other] = [seededRandom(7), seededRandom(7)]
  assert.equal([one(), one(), one()], [other(), other(), other()])
})

test('another seed gives others', () => {
  assert.is.not(seededRandom(7)(), seededRandom(8)())
})

test('random numbers lie evenly from 0 to 1', () => {
  const random = seededRandom(1)
  const tenths = Uint32Array.from({ length: 100_000 }, () => Math.floor(random() * 10))
  assert.ok(shares(tenths, 10).every((share) => Math.abs(share - 0.1) < 0.005))
})

test('a shuffle keeps every value', () => {
  const values = Uint8Array.from({ length: 200 }, (_, index) => index)
  shuffle(values, seededRandom(3))
  assert.equal(
    [...values].toSorted((a, b) => a - b),
    Array.from({ length: 200 }, (_, index) => index),
  )
})

test("Zipf's first is drawn twice as often as the second and four times as often as the fourth", () => {
  const [first = 0, second = 0, , fourth = 0] = shares(drawZipf(50, 200_000, seededRandom(1)), 50)
  assert.ok(Math.abs(first / second - 2) < 0.1 && Math.abs(first / fourth - 4) < 0.3)
})

test('Zipf draws nothing but what there is', () => {
  assert.equal([...new Set(drawZipf(1, 100, seededRandom(1)))], [0])
})

test('even draws are of all that there is, each as often as any other', () => {
  const found = shares(drawEvenly(8, 200_000, seededRandom(1)), 8)
  assert.ok(
    found.every((share) => Math.abs(share - 1 / 8) < 0.005),
    found.join(' '),
  )
})

test.run()
