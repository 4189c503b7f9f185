import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseApp, parseConfig } from '../../src/config/index.js'
import { credentials } from './support.js'

const test = suite('the ids of webhooks')

const config = parseConfig({})
const idsOf = (...webhooks: object[]) => parseApp({ ...credentials, webhooks }, config).webhooks.map(({ id }) => id)

const hook = { url: 'https://example.com/', event_types: ['member_added', 'member_removed'] }

/** Webhooks of which each has another identity. */
const distinct = [
  hook,
  { ...hook, url: 'https://example.com/other' },
  { ...hook, url: 'http://example.com/' },
  { ...hook, event_types: ['member_added'] },
  { ...hook, filter: { channel_prefix: 'a' } },
  { ...hook, filter: { channel_suffix: 'a' } },
  { ...hook, filter: { channel_namespace: 'a' } },
  { lambda_function: 'f', event_types: ['member_added'] },
  { lambda: { function_name: 'f', region: 'eu-west-1' }, event_types: ['member_added'] },
  { lambda: { function_name: 'f', qualifier: 'live' }, event_types: ['member_added'] },
]

test('a given id is kept', () => {
  assert.equal(idsOf({ ...hook, id: 'mine' }), ['mine'])
})

test('a derived id is short and can stand anywhere', () => {
  assert.match(idsOf(hook)[0] ?? '', /^wh_[0-9a-f]{16}$/)
})

test('differ with the target, the event types and the filter', () => {
  assert.is(new Set(idsOf(...distinct)).size, distinct.length)
})

test('stay with their webhooks when the list is reordered', () => {
  const ids = new Map(idsOf(...distinct).map((id, index) => [distinct[index], id]))
  fc.assert(
    fc.property(fc.shuffledSubarray(distinct), (some) => {
      assert.equal(
        idsOf(...some),
        some.map((webhook) => ids.get(webhook)),
      )
    }),
  )
})

test('stay when event types and namespaces are reordered', () => {
  const namespaces = (...names: string[]) => ({ filter: { channel_namespaces: names } })
  assert.equal(
    idsOf({ ...hook, ...namespaces('a', 'b') }),
    idsOf({ ...hook, ...namespaces('b', 'a'), event_types: ['member_removed', 'member_added'] }),
  )
})

test('stay when headers, credentials and settings change', () => {
  const changed = { ...hook, url: 'https://user:password@example.com/', headers: { a: 'b' }, concurrency: 1 }
  assert.equal(idsOf(changed), idsOf(hook))
})

test('of webhooks that are the same, the later ones get an ordinal', () => {
  const [first] = idsOf(hook)
  assert.equal(idsOf(hook, hook, hook), [first, `${first}-2`, `${first}-3`])
})

test('a derived id is never one that is given', () => {
  const [derived = ''] = idsOf(hook)
  assert.equal(idsOf(hook, { ...hook, id: derived }), [`${derived}-2`, derived])
})

test.run()
