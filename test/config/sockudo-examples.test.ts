import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseApp, parseConfig } from '../../src/config/index.js'
import { httpExample, lambdaExample, mixedExample } from './sockudo-examples.js'
import { credentials } from './support.js'

const test = suite("the examples of Sockudo's documentation")

const config = parseConfig({})

function appOf(fragment: string) {
  return parseApp({ ...credentials, ...JSON.parse(fragment) }, config)
}

test('the HTTP example gives an app with its webhook', () => {
  const [app] = parseConfig(JSON.parse(httpExample)).apps
  assert.equal(
    { id: app?.id, key: app?.key, secret: app?.secret, enabled: app?.enabled, target: app?.webhooks[0]?.target },
    {
      id: 'my-app-with-webhooks',
      key: 'app-key-wh',
      secret: 'app-secret-wh',
      enabled: true,
      target: {
        kind: 'http',
        url: 'https://api.example.com/sockudo/events',
        headers: { 'X-Custom-Auth': 'mysecrettoken', 'User-Agent': 'Sockudo-Webhook/1.0' },
      },
    },
  )
})

test('the HTTP example sets the duration of batches', () => {
  const { batching } = parseConfig(JSON.parse(httpExample))
  assert.equal(batching, { enabled: true, durationMs: 75, maxEvents: 100, maxBytes: 262_144 })
})

test('the Lambda example invokes a function for one prefix of channels', () => {
  const [webhook] = appOf(lambdaExample).webhooks
  assert.equal(
    { target: webhook?.target, eventTypes: webhook?.eventTypes, prefix: webhook?.filter?.channelPrefix },
    {
      target: {
        kind: 'lambda',
        functionName: 'sockudoPresenceHandler',
        invocationType: 'Event',
        qualifier: null,
        region: 'us-east-1',
        endpointUrl: null,
      },
      eventTypes: ['member_added', 'member_removed'],
      prefix: 'presence-',
    },
  )
})

test('the mixed example has three webhooks, each with its own target and filter', () => {
  const { webhooks } = appOf(mixedExample)
  assert.equal(
    webhooks.map(({ target, filter }) => [
      target.kind === 'http' ? target.url : target.functionName,
      filter?.channelType ?? filter?.channelPrefix,
    ]),
    [
      ['https://api.example.com/webhooks/general', undefined],
      ['handleClientEvents', 'presence'],
      ['https://analytics.example.com/events', 'presence-chat'],
    ],
  )
})

test("the example of the queue's options is read", () => {
  const { queue } = parseConfig({ queue: { driver: 'redis', redis: { concurrency: 5, prefix: 'sockudo_queue:' } } })
  assert.equal([queue.driver, queue.redis.concurrency, queue.redis.prefix], ['redis', 5, 'sockudo_queue:'])
})

test.run()
