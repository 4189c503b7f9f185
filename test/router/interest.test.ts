import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { eventTypeOf } from '../../src/ring/event-types.js'
import { interestOf } from '../../src/router/interest.js'
import { httpEndpoint, testApp } from '../transport/support/endpoint.js'

const test = suite('interest')

/** What an app with a webhook for each of these lists is interested in. */
function interest(eventTypes: readonly (readonly string[])[], holdsFlaps = false) {
  const webhooks = eventTypes.map((names) => httpEndpoint('http://127.0.0.1/', { eventTypes: names }))
  return interestOf({ ...testApp, webhooks }, holdsFlaps)
}

const bits = (...names: readonly string[]) => names.reduce((sum, name) => sum | (1 << eventTypeOf(name)), 0)

test('is in what some webhook subscribes to', () => {
  const { types } = interest([['client_event'], ['cache_miss', 'client_event']])
  assert.is(types, bits('client_event', 'cache_miss'))
})

test('is in the custom names that are subscribed to', () => {
  const { types, names } = interest([['invoice_paid']])
  assert.equal([types, [...names]], [1, ['invoice_paid']])
})

test('is in nothing without webhooks', () => {
  assert.is(interest([]).types, 0)
})

test('is in the return of each leave, and the other way round, when flaps are held', () => {
  const { types } = interest([['member_removed'], ['channel_occupied']], true)
  assert.is(types, bits('member_removed', 'member_added', 'channel_occupied', 'channel_vacated'))
})

test('is in a leave alone when flaps are not held', () => {
  assert.is(interest([['member_removed']]).types, bits('member_removed'))
})

test.run()
