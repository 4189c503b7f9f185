import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseApp, parseConfig } from '../../src/config/index.js'
import { credentials } from './support.js'

const test = suite('the ids of webhooks')

const config = parseConfig({})
const idsOf = (...webhooks: object[]) => parseApp({ ...credentials, webhooks }, config).webhooks.map(({ id }) => id)

const hook = { url: 'https://example.com/', event_types: ['member_added', 'member_removed'] }

/** Webhooks of which each has another target. */
const distinct = [
  hook,
  { ...hook, url: 'https://example.com/other' },
  { ...hook, url: 'http://example.com/' },
  { ...hook, url: 'https://example.com:8443/' },
  { lambda_function: 'f', event_types: ['member_added'] },
  { lambda_function: 'g', event_types: ['member_added'] },
  { lambda: { function_name: 'f', region: 'eu-west-1' }, event_types: ['member_added'] },
  { lambda: { function_name: 'f', qualifier: 'live' }, event_types: ['member_added'] },
  { lambda: { function_name: 'f', endpoint_url: 'http://127.0.0.1:4566' }, event_types: ['member_added'] },
]

test('a given id is kept', () => {
  assert.equal(idsOf({ ...hook, id: 'mine' }), ['mine'])
})

test('a derived id is short and can stand anywhere', () => {
  assert.match(idsOf(hook)[0] ?? '', /^wh_[0-9a-f]{16}$/)
})

test('differ with the target', () => {
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

for (const [what, changed] of [
  ['other event types', { event_types: ['member_added'] }],
  ['a filter', { filter: { channel_prefix: 'a' } }],
  ['headers and settings', { headers: { a: 'b' }, concurrency: 1 }],
  ['a query', { url: 'https://example.com/?token=1' }],
  ['an empty query', { url: 'https://example.com/?' }],
  ['a query with a slash, a question mark and an at sign', { url: 'https://example.com/?a=/b?c@d' }],
  ['a fragment', { url: 'https://example.com/#a?b' }],
  ['credentials', { url: 'https://user:pass%3Fword@example.com/' }],
] as const) {
  test(`stay with ${what}`, () => {
    assert.equal(idsOf({ ...hook, ...changed }), idsOf(hook))
  })
}

test('of a function stay with another way of calling it, a filter and other event types', () => {
  const lambda = { function_name: 'f' }
  const changed = { lambda: { ...lambda, invocation_type: 'RequestResponse' }, filter: { channel_suffix: 'a' } }
  assert.equal(idsOf({ ...changed, event_types: ['member_added'] }), idsOf({ lambda, event_types: ['member_removed'] }))
})

test('of webhooks with one URL stay with their places when a token is rotated', () => {
  const at = (...tokens: string[]) => idsOf(...tokens.map((token) => ({ ...hook, url: `${hook.url}?token=${token}` })))
  const [first] = idsOf(hook)
  assert.equal(
    [at('a', 'b'), at('c', 'd')],
    [
      [first, `${first}-2`],
      [first, `${first}-2`],
    ],
  )
})

test('of webhooks with one target stay when one before them is switched off', () => {
  const [, second] = idsOf(hook, { ...hook, event_types: ['member_added'] })
  assert.equal(idsOf({ ...hook, enabled: false }, { ...hook, event_types: ['member_added'] }), [second])
})

test('of webhooks with one target, the later ones get an ordinal', () => {
  const [first] = idsOf(hook)
  assert.equal(idsOf(hook, { ...hook, event_types: ['member_added'] }, hook), [first, `${first}-2`, `${first}-3`])
})

test('a derived id is never one that is given', () => {
  const [derived = ''] = idsOf(hook)
  assert.equal(idsOf(hook, { ...hook, id: derived }), [`${derived}-2`, derived])
})

test.run()
