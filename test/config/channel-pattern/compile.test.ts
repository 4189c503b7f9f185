import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compilePattern, PatternError } from '../../../src/config/channel-pattern/compile.js'

const test = suite("channel patterns, as Rust's regex crate reads them")

const finds = (pattern: string, text: string) => compilePattern(pattern).matcher(text).find()

/** A pattern, texts that it is found in, and texts that it is not found in. */
const MEANINGS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [String.raw`^\w+$`, ['room_1', 'café', 'комната', '部屋', 'e\u0301'], ['a-b', 'a b', '']],
  [String.raw`^\W+$`, ['-:.', '— '], ['a', 'é', '_']],
  [String.raw`^\d+$`, ['12', '٣٤'], ['1a', '½']],
  [String.raw`^\D$`, ['a'], ['1', '٣']],
  [String.raw`^a\sb$`, ['a b', 'a\u00a0b', 'a\u2003b'], ['ab', 'a_b']],
  [String.raw`^a\Sb$`, ['a-b'], ['a\u00a0b']],
  [String.raw`^[\w-]+$`, ['a-é_1'], ['a b']],
  [String.raw`^[^\w]$`, ['-'], ['é']],
  [String.raw`^[\W_]+$`, ['_-', '—'], ['é']],
  [String.raw`^(?-u:\w)+$`, ['abc_1'], ['é']],
  [String.raw`^(?-u:\d)$`, ['1'], ['٣']],
  [String.raw`(?-u:\b)orders(?-u:\b)`, ['my orders', 'orders-1'], ['orders1']],
  ['^[a-z&&[^aeiou]]+$', ['xyz'], ['xaz', 'XYZ', '&']],
  ['^[a-z--[aeiou]]+$', ['xyz'], ['a', '-']],
  ['^[a-g~~e-k]$', ['a', 'k'], ['f', 'l']],
  ['^[^a-z&&[^aeiou]]$', ['a', '1'], ['b']],
  ['^[a-c[x-z]]+$', ['ax'], ['m', '[']],
  [String.raw`^[\w&&[^\d_]]+$`, ['abé'], ['a1', '_']],
  ['^[[:alpha:]&&[^x]]$', ['a'], ['x', '1']],
  ['^[[:^digit:]]$', ['a'], ['1']],
  ['^[]a]$', [']', 'a'], ['b']],
  ['^[^]a]$', ['b'], [']', 'a']],
  ['^[a-]$', ['a', '-'], ['b']],
  ['^[-a]$', ['a', '-'], ['b']],
  [String.raw`^[a\-z]$`, ['a', '-', 'z'], ['b']],
  [String.raw`^[\[\]\\^.]+$`, [String.raw`[\]^.`], ['a']],
  ['^[a&&b]$', [], ['a', 'b']],
  [String.raw`(?x) ^orders - \d+ $ # a comment (`, ['orders-12'], ['orders - 12', 'orders-x']],
  [String.raw`(?x)^ a\ b [ c d ] $`, ['a bc', 'a bd'], ['a b ', 'abc']],
  ['(?x: a b ) c', ['ab c'], ['abc']],
  ['^(?:(?x)a b)c d$', ['abc d'], ['abcd']],
  ['(?i)^ROOM-É$', ['room-é'], ['rooms']],
  ['^(?i:a)b$', ['Ab'], ['AB']],
  ['(?i)^[^a]$', ['b'], ['a', 'A']],
  [String.raw`^\x41\x{42}\u0043\u{44}\U00000045$`, ['ABCDE'], ['ABCD']],
  [String.raw`^\x{1F600}$`, ['😀'], []],
  [String.raw`^a\.b\-c\/d\#$`, ['a.b-c/d#'], ['axb-c/d#']],
  [String.raw`^\Qa.b\E$`, ['a.b'], ['axb']],
  [String.raw`^\p{Greek}\pL\P{L}$`, ['αa1'], ['aa1']],
  ['^(?P<one>a)(?<two>b)$', ['ab'], ['a']],
  ['^a{,2}$', ['', 'aa'], ['aaa']],
  ['a$', ['a'], ['a\n']],
  ['^a.b$', ['axb'], ['a\nb']],
  ['', ['', 'a'], []],
]

for (const [pattern, found, others] of MEANINGS.filter(([, one, other]) => one.length + other.length > 0)) {
  test(`${pattern} means the same`, () => {
    assert.equal(
      [...found, ...others].filter((text) => finds(pattern, text)),
      found,
    )
  })
}

/** Patterns that RE2 cannot say the same of, and what the message says. */
const REFUSED: readonly (readonly [string, RegExp])[] = [
  [String.raw`\border`, /without \\b, which matches words of all languages in Rust.*\(\?-u:\\b\)/],
  [String.raw`\b{start}a`, /RE2 does not have/],
  [String.raw`a\<`, /without \\</],
  ['(?=a)', /without look-around/],
  ['(?<!a)b', /without look-around/],
  [String.raw`(a)\1`, /without \\1/],
  ['(?R)a', /without the flag R/],
  ['[a-z&&[^aeiou]', /closed by \]/],
  ['[z-a]', /from a lower character to a higher one/],
  ['[[:letter:]]', /POSIX classes are/],
  [String.raw`[\p{L}&&[a-z]]`, /without \\p in classes/],
  ['(?i)[a-z&&[^x]]', /where case is ignored/],
  [String.raw`\x{110000}`, /name Unicode characters/],
  [String.raw`\p{Nonsense}`, /both read/],
  ['(', /both read/],
  ['[a', /closed by \]/],
]

for (const [pattern, message] of REFUSED) {
  test(`${pattern} is refused with its reason`, () => {
    assert.throws(
      () => compilePattern(pattern),
      (error: unknown) => error instanceof PatternError && message.test(error.message),
    )
  })
}

test('set operations in classes give what JavaScript gives by its flag v', () => {
  const item = fc.constantFrom('a-f', 'c-k', 'x', '0-5', '[b-d]', '[^a-m]', String.raw`\d`, '[^0-3]')
  const operand = fc.constantFrom('[a-f]', '[^c]', '[0-9a-e]', String.raw`\d`, '[^a-z]')
  const classes = fc.oneof(
    fc
      .tuple(fc.constantFrom('', '^'), fc.array(item, { minLength: 1, maxLength: 4 }))
      .map(([sign, items]) => `[${sign}${items.join('')}]`),
    fc
      .tuple(fc.constantFrom('', '^'), fc.constantFrom('&&', '--'), fc.array(operand, { minLength: 2, maxLength: 4 }))
      .map(([sign, operator, operands]) => `[${sign}${operands.join(operator)}]`),
  )
  fc.assert(
    fc.property(classes, fc.constantFrom(...'abcdefghikmxyz0123456789-&~A'), (characters, text) => {
      return finds(`^${characters}$`, text) === new RegExp(`^${characters}$`, 'v').test(text)
    }),
  )
})

test('no text at all makes anything but a pattern or an error of its own', () => {
  const pieces = fc.constantFrom(...'[](){}^$.*+?|-&~\\:#xiuPpdwbaz09,<>=! \n', '(?', '[:', '&&', '\\p{', '(?x)')
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      try {
        compilePattern(parts.join(''))
        return true
      } catch (error) {
        return error instanceof PatternError
      }
    }),
    { numRuns: 2000 },
  )
})

test.run()
