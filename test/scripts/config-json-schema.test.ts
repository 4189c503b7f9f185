import { readFileSync } from 'node:fs'
import { fastify } from 'fastify'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { configJsonSchema } from '../../scripts/config-json-schema.js'
import { valueAt } from '../../src/config/value-at.js'
import { httpExample, lambdaExample, mixedExample } from '../config/sockudo-examples.js'
import { credentials, withWebhook } from '../config/support.js'

/** Fastify checks bodies by Ajv, a JSON Schema validator that owes nothing to zod. */
const validator = fastify({
  ajv: { customOptions: { strict: false, coerceTypes: false, removeAdditional: false, useDefaults: false } },
})
validator.post('/', { schema: { body: configJsonSchema() } }, () => ({}))

const test = suite('the JSON Schema of the configuration')

test.after(() => validator.close())

const shipped: unknown = JSON.parse(readFileSync('config.schema.json', 'utf8'))

async function accepts(input: object): Promise<boolean> {
  const { statusCode, body } = await validator.inject({ method: 'POST', url: '/', payload: input })
  if (statusCode !== 200 && statusCode !== 400) throw new Error(body)
  return statusCode === 200
}

const asApp = (fragment: string) => ({
  app_manager: { array: { apps: [{ ...credentials, ...JSON.parse(fragment) }] } },
})

test('is shipped as it is', () => {
  assert.equal(shipped, configJsonSchema())
})

test("accepts the HTTP example of Sockudo's documentation", async () => {
  assert.ok(await accepts(JSON.parse(httpExample)))
})

test("accepts the Lambda example of Sockudo's documentation as a piece of an app", async () => {
  assert.ok(await accepts(asApp(lambdaExample)))
})

test("accepts the mixed example of Sockudo's documentation as a piece of an app", async () => {
  assert.ok(await accepts(asApp(mixedExample)))
})

const WRONG: Readonly<Record<string, object>> = {
  'an unknown key': { webhooks: { batchin: {} } },
  'a size of no events': { webhooks: { batching: { size: 0 } } },
  'a size that is no number': { webhooks: { batching: { size: 'many' } } },
  'an unknown policy': { webhooks: { egress: { policy: 'none' } } },
  'an app without a secret': { apps: [{ id: 'a', key: 'b' }] },
  'a webhook without event types': withWebhook({ event_types: [] }),
  'an unknown channel type': withWebhook({ filter: { channel_type: 'secret' } }),
}

for (const [what, input] of Object.entries(WRONG)) {
  test(`refuses ${what}`, async () => {
    assert.not.ok(await accepts(input))
  })
}

test('accepts the keys that are read by Sockudo alone', async () => {
  const queue = { driver: 'redis', reliability: { max_attempts: 5 }, sns: {}, redis: { cluster_mode: false } }
  const database = { mysql: { cache_ttl: 300 }, redis: { key_prefix: 'sockudo:' }, surrealdb: { url: 'ws://a' } }
  assert.ok(
    await accepts({ debug: true, queue, database, app_manager: { driver: 'memory', cache: { enabled: true } } }),
  )
})

test('refuses a webhook with two targets', async () => {
  assert.not.ok(await accepts(withWebhook({ lambda_function: 'f' })))
})

test('describes every option', () => {
  assert.equal(undescribed(configJsonSchema()), [])
})

test('has no default that depends on the machine', () => {
  const shards = valueAt(configJsonSchema(), ['properties', 'dispatcher', 'properties', 'shards'])
  assert.is(valueAt(shards, ['default']), undefined)
})

/** The paths of options without a description. */
function undescribed(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null || 'not' in schema) return []
  const { properties = {}, oneOf: _, ...rest } = schema as { properties?: Record<string, object>; oneOf?: unknown }
  const options = Object.entries(properties).flatMap(([name, option]) => {
    const own = 'description' in option ? [] : [`${path}.${name}`]
    return [...own, ...undescribed(option, `${path}.${name}`)]
  })
  return [...options, ...Object.values(rest).flatMap((part) => undescribed(part, path))]
}

test.run()
