import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Subscriptions } from '../../src/actor/subscription.js'
import type { FilterConfig } from '../../src/config/model.js'

const test = suite('subscriptions')

const TYPES = ['member_added']
const FILTER: FilterConfig = {
  channelType: null,
  channelPrefix: 'presence-',
  channelSuffix: null,
  channelPattern: null,
  channelNamespaces: null,
}

test('endpoints with the same event types and filter share one', () => {
  const subscriptions = new Subscriptions()
  const configs = [null, null, FILTER, FILTER].map((filter) => ({ eventTypes: TYPES, filter }))
  assert.is(new Set(configs.map((config) => subscriptions.of(config))).size, 2)
})

test('endpoints with other event types or another filter do not', () => {
  const subscriptions = new Subscriptions()
  const made = [
    subscriptions.of({ eventTypes: TYPES, filter: null }),
    subscriptions.of({ eventTypes: TYPES, filter: FILTER }),
    subscriptions.of({ eventTypes: TYPES, filter: { ...FILTER, channelPrefix: 'private-' } }),
    subscriptions.of({ eventTypes: ['member_removed'], filter: null }),
  ]
  assert.is(new Set(made).size, 4)
})

test.run()
