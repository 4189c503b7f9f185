import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findJsonSyntaxError } from '../../src/config/json-syntax.js'

const test = suite('the place of a JSON syntax error')

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** JSON with one piece taken out, put in or written over. */
const almostJson = fc
  .tuple(
    fc.json(),
    fc.nat(),
    fc.nat(3),
    fc.oneof(fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ 0-1.e\ntrufals'), maxLength: 3 }), fc.string()),
  )
  .map(([text, at, removed, added]) => {
    const from = at % (text.length + 1)
    return text.slice(0, from) + added + text.slice(from + removed)
  })

test('is found just where JSON.parse refuses the text', () => {
  fc.assert(
    fc.property(almostJson, (text) => (findJsonSyntaxError(text) === null) === isJson(text)),
    { numRuns: 2000 },
  )
})

test('is none in any JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
      return findJsonSyntaxError(JSON.stringify(value, null, indent)) === null
    }),
  )
})

const PLACES: readonly (readonly [string, number, string])[] = [
  ['', 0, 'a value'],
  ['{"a": abc}', 6, 'a value'],
  ['{"a": 1,}', 8, 'a key in double quotes'],
  ['{a: 1}', 1, 'a key in double quotes or "}"'],
  ['{"a" 1}', 5, '":"'],
  ['[1 2]', 3, '"," or "]"'],
  ['{"a": 1', 7, '"," or "}"'],
  ['{} x', 3, 'nothing more'],
  ['["open', 1, 'a closed string with valid escapes'],
  ['{"a\\x": 1}', 1, 'a closed string with valid escapes'],
  ['[01]', 2, '"," or "]"'],
]

for (const [text, offset, expected] of PLACES) {
  test(`is ${offset} in ${text || 'nothing'}`, () => {
    assert.equal(findJsonSyntaxError(text), { offset, expected })
  })
}

test('is found in a text nested more deeply than the stack could be', () => {
  assert.is(findJsonSyntaxError('['.repeat(100_000))?.offset, 100_000)
})

test('is found behind a long string', () => {
  assert.is(findJsonSyntaxError(`{"a":"${'\\n'.repeat(1_000_000)}"`)?.offset, 2_000_007)
})

test.run()
