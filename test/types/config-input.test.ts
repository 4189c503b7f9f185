import { spawnSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { z } from 'zod'
import type { config } from '../../src/config/schema/config.js'
import { type AppInput, type ConfigInput, type EventName, loadConfig, type WebhookInput } from '../../src/index.js'

const test = suite('the type of a configuration')

type FromSchema = z.input<typeof config>

/** The schema's arrays are not readonly, though it changes none. */
type Mutable<T> = T extends string | Date
  ? T
  : T extends readonly (infer Item)[]
    ? Mutable<Item>[]
    : T extends object
      ? { -readonly [K in keyof T]: Mutable<T[K]> }
      : T

/** The compiler refuses a function whose argument the other type does not take. */
const asSchemaReads = (given: Mutable<ConfigInput>): FromSchema => given
const asPublished = (given: FromSchema): ConfigInput => given

test('is written as the schema is', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/write-types.mjs', '--check'])
  assert.is(status, 0, String(stderr))
})

test('takes what the schema takes, and nothing else', () => {
  const given: FromSchema = { apps: [{ id: 'app', key: 'key', secret: 'secret' }] }
  assert.is(asSchemaReads(asPublished(given) as Mutable<ConfigInput>), given)
})

/** What a program computes may be undefined, also under `exactOptionalPropertyTypes`. */
function configOf(port: number | undefined, types: readonly EventName[]): ConfigInput {
  const webhook: WebhookInput = {
    url: 'http://127.0.0.1:9/',
    event_types: types,
    filter: { channel_prefix: undefined },
    retry: port === undefined ? undefined : { max_attempts: port },
    rate_limit: undefined,
  }
  const app: AppInput = { id: 'app', key: 'key', secret: 'secret', enabled: undefined, webhooks: [webhook] }
  return {
    apps: [app],
    webhooks: undefined,
    queue: { driver: undefined, disk: undefined },
    app_manager: { cache: { ttl: undefined } },
    adapter: { driver: 'local' },
  }
}

test('takes undefined for whatever need not be given, and the keys of other programs', async () => {
  const { warnings } = await loadConfig(configOf(undefined, ['member_added', 'order.paid']))
  assert.equal(warnings, [])
})

test('takes a configuration that is constant', async () => {
  const constant = {
    apps: [
      { id: 'app', key: 'k', secret: 's', webhooks: [{ url: 'http://127.0.0.1:9/', event_types: ['cache_miss'] }] },
    ],
  } as const
  const loaded = await loadConfig(constant)
  assert.is(loaded.toJSON().webhooks, 1)
})

test('names event types as literals and takes any other', () => {
  // @ts-expect-error: a number is no event type
  const wrong: EventName = 1
  const known: Extract<EventName, 'member_added'> = 'member_added'
  const other: EventName = 'order.paid'
  assert.equal([wrong, known, other], [1, 'member_added', 'order.paid'])
})

test.run()
