import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { nearestKey, typingErrors } from '../../src/config/nearest-key.js'

const test = suite('the nearest known key')

const known = ['max_attempts', 'max_elapsed_time_ms', 'initial_backoff_ms', 'max_backoff_ms', 'enabled']
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '_'), maxLength: 8 })

test('is the same but for case and separators', () => {
  assert.equal(
    ['maxAttempts', 'max-attempts', 'MAX_ATTEMPTS'].map((key) => nearestKey(key, known)),
    ['max_attempts', 'max_attempts', 'max_attempts'],
  )
})

test('is found whatever letter is too many', () => {
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.nat(20), fc.constantFrom(...'abcxyz'), (key, at, letter) => {
      return nearestKey(key.slice(0, at) + letter + key.slice(at), known) === key
    }),
  )
})

test('is found whatever two letters are swapped', () => {
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.nat(20), (key, at) => {
      const swapped =
        key.slice(0, at) +
        key
          .slice(at, at + 2)
          .split('')
          .reverse()
          .join('') +
        key.slice(at + 2)
      return nearestKey(swapped, known) === key
    }),
  )
})

test('is none when nothing is near', () => {
  assert.is(nearestKey('colour', known), null)
})

test('is found within two errors and no further', () => {
  assert.equal(
    ['maxx_attemptss', 'xmaxx_attemptss'].map((key) => nearestKey(key, known)),
    ['max_attempts', null],
  )
})

test('is found within one error of a key of three letters or fewer', () => {
  assert.equal(
    ['ulr', 'ur', 'uuu', 'kind'].map((key) => nearestKey(key, ['url', 'id'])),
    ['url', 'url', null, null],
  )
})

test('is none among none', () => {
  assert.is(nearestKey('enabled', []), null)
})

test('is found at once for a key of any length', () => {
  assert.is(nearestKey('enabled'.repeat(1_000_000), known), null)
})

test('typing errors are none between equals alone', () => {
  fc.assert(fc.property(word, word, (from, to) => (typingErrors(from, to) === 0) === (from === to)))
})

test('typing errors are the same both ways', () => {
  fc.assert(fc.property(word, word, (from, to) => typingErrors(from, to) === typingErrors(to, from)))
})

test('typing errors are at most the letters of the longer word, and at least the difference in length', () => {
  fc.assert(
    fc.property(word, word, (from, to) => {
      const errors = typingErrors(from, to)
      return errors <= Math.max(from.length, to.length) && errors >= Math.abs(from.length - to.length)
    }),
  )
})

test.run()
