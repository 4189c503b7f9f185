import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Line, LineSplitter } from '../../../src/cli/run/line-splitter.js'

const test = suite('the lines of an input')

const LIMIT = 8

/** Each line as text, null for one that is too long. */
function linesOf(chunks: readonly Buffer[], maxBytes = LIMIT): (string | null)[] {
  const splitter = new LineSplitter(maxBytes)
  const lines: Line[] = []
  for (const chunk of chunks) lines.push(...splitter.push(chunk))
  const last = splitter.end()
  if (last !== null) lines.push(last)
  assert.equal(
    lines.map(({ number }) => number),
    lines.map((_, index) => index + 1),
  )
  return lines.map(({ bytes }) => bytes?.toString('latin1') ?? null)
}

/** What the same bytes are, read the slow way. */
function expected(text: string): (string | null)[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => line.replace(/\r$/, '')).map((line) => (line.length > LIMIT ? null : line))
}

/** Texts with many line ends. */
const texts = fc
  .array(fc.constantFrom('a', 'b', '\n', '\r', '\r\n', 'long'), { maxLength: 40 })
  .map((parts) => parts.join(''))

test('are the same however the input is cut', () =>
  fc.assert(
    fc.property(texts, fc.array(fc.nat({ max: 60 }), { maxLength: 8 }), (text, places) => {
      const bytes = Buffer.from(text, 'latin1')
      const cuts = [0, ...places.filter((place) => place <= bytes.length).toSorted((a, b) => a - b), bytes.length]
      const chunks = cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end))
      assert.equal(linesOf(chunks), expected(text))
    }),
    { numRuns: 2000 },
  ))

test('may be as long as the limit, whatever ends them', () => {
  const chunks = ['12345678\n', '12345678\r\n', '123456789\n', '12345678'].map((text) => Buffer.from(text))
  assert.equal(linesOf(chunks), ['12345678', '12345678', null, '12345678'])
})

test('hold nothing of a line that is too long', () => {
  const splitter = new LineSplitter(LIMIT)
  const lines: Line[] = []
  for (let chunk = 0; chunk < 100; chunk++) lines.push(...splitter.push(Buffer.alloc(1000, 'x')))
  lines.push(...splitter.push(Buffer.from('\nok\n')))
  assert.equal(
    lines.map(({ number, bytes }) => [number, bytes?.toString() ?? null]),
    [
      [1, null],
      [2, 'ok'],
    ],
  )
})

test.run()
