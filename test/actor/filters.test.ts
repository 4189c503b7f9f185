import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { channelTypeOf, compileFilter, namespaceOf } from '../../src/actor/filters.js'
import type { FilterConfig } from '../../src/config/model.js'

const test = suite('channel filters')

const NO_FILTER: FilterConfig = {
  channelType: null,
  channelPrefix: null,
  channelSuffix: null,
  channelPattern: null,
  channelNamespaces: null,
}

/** The channels that a filter lets through. */
function passing(filter: Partial<FilterConfig>, channels: readonly string[]): string[] {
  const passes = compileFilter({ ...NO_FILTER, ...filter })
  return channels.filter((channel) => passes === null || passes(channel))
}

test('a channel has the type of its longest known prefix', () => {
  const channels = ['room', 'private-a', 'private-encrypted-a', 'presence-a', 'cache-a', 'private', 'presences-a', '']
  assert.equal(channels.map(channelTypeOf), [
    'public',
    'private',
    'private-encrypted',
    'presence',
    'cache',
    'public',
    'public',
    'public',
  ])
})

test('a namespace is what stands before the first colon', () => {
  assert.equal(['a:b:c', 'room', ':b', ''].map(namespaceOf), ['a', '', '', ''])
})

const TYPES = ['private', 'presence', 'cache', 'private-encrypted', 'private-cache', 'presence-cache']

for (const type of [...TYPES, 'private-encrypted-cache']) {
  test(`the type ${type} is no part of a namespace`, () => {
    assert.equal([`${type}-orders:1`, `${type}-:1`, `${type}-orders`].map(namespaceOf), ['orders', '', ''])
  })
}

test('of two types only the first is left out', () => {
  assert.equal(['presence-private-a:1', 'private-presence-cache-a:1'].map(namespaceOf), [
    'private-a',
    'presence-cache-a',
  ])
})

test('no filter needs no function', () => {
  assert.equal([compileFilter(null), compileFilter(NO_FILTER)], [null, null])
})

test('a type lets its own channels through', () => {
  assert.equal(passing({ channelType: 'private' }, ['private-a', 'private-encrypted-a', 'room']), ['private-a'])
})

test('a prefix and a suffix must both hold', () => {
  const channels = ['ab-x-yz', 'ab-x', 'x-yz', 'ab-yz']
  assert.equal(passing({ channelPrefix: 'ab-', channelSuffix: '-yz' }, channels), ['ab-x-yz', 'ab-yz'])
})

test('a pattern is looked for anywhere in the channel', () => {
  assert.equal(passing({ channelPattern: '[0-9]{2}' }, ['room-12-a', 'room-1', '34']), ['room-12-a', '34'])
})

test('a pattern can be anchored', () => {
  assert.equal(passing({ channelPattern: '^room-\\d+$' }, ['room-12', 'a-room-12', 'room-12b']), ['room-12'])
})

test('one of the namespaces must be the channel’s', () => {
  assert.equal(passing({ channelNamespaces: ['a', ''] }, ['a:x', 'b:x', 'ab:x', 'x']), ['a:x', 'x'])
})

test('all that is given must hold', () => {
  const filter: Partial<FilterConfig> = {
    channelType: 'presence',
    channelPrefix: 'presence-a',
    channelSuffix: '1',
    channelPattern: 'b',
  }
  const channels = ['presence-ab1', 'presence-a1', 'presence-b1', 'presence-ab2', 'private-ab1']
  assert.equal(passing(filter, channels), ['presence-ab1'])
})

for (const pattern of ['(a+)+$', '(a|aa)+$', '(.*)*x', '^(([a-z])+.)+[A-Z]([a-z])+$']) {
  test(`the pattern ${pattern} comes to an end on a channel that makes backtracking hopeless`, () => {
    assert.equal(passing({ channelPattern: pattern }, [`${'a'.repeat(50_000)}!`]), [])
  })
}

test('prefix, suffix and namespace do what the strings’ own methods do', () => {
  const text = fc.stringMatching(/^[ab:-]{0,6}$/)
  fc.assert(
    fc.property(text, text, text, text, (channel, channelPrefix, channelSuffix, namespace) => {
      const filter = { channelPrefix, channelSuffix, channelNamespaces: [namespace] }
      const expected =
        channel.startsWith(channelPrefix) && channel.endsWith(channelSuffix) && namespaceOf(channel) === namespace
      assert.is(passing(filter, [channel]).length === 1, expected)
    }),
  )
})

test.run()
