import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { InterimHeads } from '../../src/transport/interim-heads.js'

const heads = suite('interim heads')

const MAX = 200
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
const INTERIM = [
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n',
  'HTTP/1.0 199 \r\n\r\n',
]

function passed(given: string, cuts: readonly number[] = [], filter = new InterimHeads(MAX)): string {
  const bytes = Buffer.from(given, 'latin1')
  const ends = [...new Set(cuts.map((cut) => cut % bytes.length)), bytes.length].sort((a, b) => a - b)
  const pieces = ends.map((end, index) => filter.pass(bytes.subarray(ends[index - 1] ?? 0, end)))
  return Buffer.concat(pieces.filter((piece) => piece !== null)).toString('latin1')
}

heads('are left out, however many there are and however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...INTERIM)), fc.array(fc.nat(), { maxLength: 20 }), (interim, cuts) => {
      assert.is(passed(interim.join('') + ANSWER, cuts), ANSWER)
    }),
  )
})

for (const given of [
  ANSWER,
  'HTTP/1.1 101 Switching Protocols\r\n\r\nx',
  'HTTP/2.0 100 Continue\r\n\r\n',
  'nonsense 1 and more\r\n\r\n',
  'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n',
  `HTTP/1.1 100 Continue\r\nx: ${'x'.repeat(MAX)}\r\n`,
]) {
  heads(`do not change ${JSON.stringify(given.slice(0, 60))}, however it is cut`, () => {
    fc.assert(fc.property(fc.array(fc.nat(), { maxLength: 20 }), (cuts) => assert.is(passed(given, cuts), given)))
  })
}

heads('are looked for again only once the next answer is awaited', () => {
  const filter = new InterimHeads(MAX)
  passed(ANSWER, [], filter)
  const unasked = passed(INTERIM[0] + ANSWER, [], filter)
  filter.restart()
  assert.equal([unasked, passed(INTERIM[0] + ANSWER, [], filter)], [INTERIM[0] + ANSWER, ANSWER])
})

heads('cost an ordinary answer no copy', () => {
  const chunk = Buffer.from(ANSWER)
  assert.is(new InterimHeads(MAX).pass(chunk), chunk)
})

heads.run()
