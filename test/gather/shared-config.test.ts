import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { EndpointConfig } from '../../src/config/model.js'
import { SharedConfig } from '../../src/gather/shared-config.js'
import type { PlacedApp } from '../../src/shard/messages.js'
import { httpEndpoint, testApp } from '../transport/support/endpoint.js'

const test = suite('shared configuration')

/** As it comes from the main thread: a copy of everything. */
function placed(overrides: Partial<EndpointConfig> = {}, headers: Record<string, string> = {}): PlacedApp {
  const config = httpEndpoint('http://127.0.0.1/', overrides, headers)
  return structuredClone({
    index: 3,
    config: { ...testApp, webhooks: [config] },
    endpoints: [{ number: 7, config, active: true, generation: 1 }],
    isRemoved: false,
  })
}

function endpointOf(app: PlacedApp): EndpointConfig {
  const [endpoint] = app.endpoints
  if (endpoint === undefined) throw new Error('there is no endpoint')
  return endpoint.config
}

test('changes nothing that it says', () => {
  const filter = { ...NO_FILTER, channelPrefix: 'room-' }
  const app = placed({ filter, rateLimit: { requests: 1, perMs: 2 } }, { authorization: 'Bearer x' })
  assert.equal(new SharedConfig().app(app), app)
})

const NO_FILTER = {
  channelType: null,
  channelPrefix: null,
  channelSuffix: null,
  channelPattern: null,
  channelNamespaces: null,
}

test('keeps what two apps have in common once', () => {
  const shared = new SharedConfig()
  const [one, two] = [endpointOf(shared.app(placed())), endpointOf(shared.app(placed()))]
  const parts = ['eventTypes', 'retry', 'circuitBreaker', 'signatures'] as const
  assert.equal(
    parts.filter((part) => one[part] !== two[part]),
    [],
  )
})

test('keeps apart what differs', () => {
  const shared = new SharedConfig()
  const [one, two] = [shared.app(placed()), shared.app(placed({ eventTypes: ['member_added'] }))].map(endpointOf)
  assert.equal([one?.eventTypes, two?.eventTypes], [['client_event'], ['member_added']])
})

test('keeps an endpoint that the app no longer lists', () => {
  const app = placed()
  const gone = { ...app, config: { ...app.config, webhooks: [] } }
  assert.equal(new SharedConfig().app(gone), gone)
})

test('goes on when there are more different parts than it remembers', () => {
  const shared = new SharedConfig()
  const names = Array.from({ length: 5000 }, (_, index) => `event-${index}`)
  const wrong = names.filter((name) => endpointOf(shared.app(placed({ eventTypes: [name] }))).eventTypes[0] !== name)
  assert.equal(wrong, [])
})

test.run()
