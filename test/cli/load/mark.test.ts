import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MarkWriter, readMarks } from '../../../src/cli/load/mark.js'

const test = suite('marks')

function read(text: string): { marks: (readonly [number, number])[]; unreadable: number } {
  const marks: (readonly [number, number])[] = []
  const unreadable = readMarks(Buffer.from(text), (number, tick) => marks.push([number, tick]))
  return { marks, unreadable }
}

const pairs = fc.array(fc.tuple(fc.nat({ max: 1_000_000_000 }), fc.nat({ max: 2 ** 31 - 1 })))

test('come out of a body as they were written', () => {
  fc.assert(
    fc.property(pairs, (marks) => {
      const writer = new MarkWriter()
      const body = marks.map(([number, tick]) => `{"channel":"room-1${writer.write(number, tick)}"}`).join(',')
      assert.equal(read(body), { marks, unreadable: 0 })
    }),
  )
})

for (const damaged of ['@', '@;', '@.5;', '@5;', '@5.7', '@5.7x', '@@']) {
  test(`that read ${damaged} are counted as unreadable`, () => {
    const { marks, unreadable } = read(`a${damaged}`)
    assert.ok(marks.length === 0 && unreadable > 0)
  })
}

test('after a damaged one are read all the same', () => {
  assert.equal(read('@5.@6.7;'), { marks: [[6, 7]], unreadable: 1 })
})

test.run()
