// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are what is tested
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { interpolate } from '../../src/config/interpolate.js'

const test = suite('variables in a text')

const textOf = (text: string, environment = {}) => interpolate(text, environment).text

test('are put in, and named once each', () => {
  const { text, variables } = interpolate('a ${A} b ${B_2} ${A}', { A: '1', B_2: '2', C: '3' })
  assert.equal([text, variables], ['a 1 b 2 1', ['A', 'B_2']])
})

test('that are not set or empty have their default, which may be empty', () => {
  assert.is(textOf('${A:-x y} ${B:-}|${C:-z}', { A: '', C: '3' }), 'x y |3')
})

test('that have neither are listed with their places', () => {
  assert.equal(interpolate('${A} ${B} ${C:-c}', { A: '' }).missing, [
    { name: 'A', offset: 0 },
    { name: 'B', offset: 5 },
  ])
})

test('are put in once: what comes out is not looked at again', () => {
  assert.is(textOf('${A}', { A: '${B}', B: 'no' }), '${B}')
})

for (const text of ['$A', '${1A}', '${A-x}', '${A', '${ A }', '${}', '${A.B}']) {
  test(`${text} is no reference`, () => {
    assert.is(textOf(text, { A: 'x' }), text)
  })
}

test('of the new text, every character that was not put in is found where it was', () => {
  const piece = fc.constantFrom('a', 'bc', '\n', '${A}', '${B:-long}', '${C}')
  fc.assert(
    fc.property(fc.array(piece), fc.string({ unit: fc.constantFrom('x', 'y') }), (pieces, value) => {
      const written = pieces.join('')
      const { text, originalOffset } = interpolate(written, { A: value, C: 'q' })
      return [...text].every((letter, at) => !/[abc\n]/.test(letter) || written[originalOffset(at)] === letter)
    }),
  )
})

test.run()
