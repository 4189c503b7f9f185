import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readRow } from '../../src/apps/read-row.js'
import { parseConfig } from '../../src/config/index.js'

const test = suite('records as they are found')

const { defaults } = parseConfig({})
const WEBHOOK = { url: 'https://example.com/h', event_types: ['member_added'] }
const NO_FILTER = {
  channel_suffix: null,
  channel_pattern: null,
  channel_namespace: null,
  channel_namespaces: null,
}
const NO_RETRY = {
  enabled: null,
  max_attempts: 3,
  max_elapsed_time_ms: null,
  initial_backoff_ms: null,
  max_backoff_ms: null,
}

const ROWS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'of DynamoDB, its policy as text': { policy: JSON.stringify({ limits: {}, webhooks: [WEBHOOK] }) },
  'of DynamoDB before version 4, its webhooks as text': { webhooks: JSON.stringify([WEBHOOK]) },
  'encoded twice, as dashboards did': { policy: JSON.stringify(JSON.stringify({ webhooks: [WEBHOOK] })) },
  'with 1 for true': { enabled: 1, webhooks: [WEBHOOK] },
  'without enabled and policy': { enabled: undefined, policy: undefined, webhooks: [WEBHOOK] },
  'with JSON null in its policy': { policy: 'null', webhooks: [WEBHOOK] },
  'with every option as null': {
    policy: { webhooks: [{ ...WEBHOOK, filter: { ...NO_FILTER, channel_prefix: 'presence-' }, retry: NO_RETRY }] },
    webhooks: [WEBHOOK],
  },
}

for (const [what, more] of Object.entries(ROWS)) {
  test(`a record ${what}`, () => {
    const record = {
      id: 'a',
      key: 'k',
      secret: 's',
      enabled: true,
      max_connections: 100,
      updated_at: new Date(0),
      ...more,
    }
    const read = readRow({ id: 'a', version: '1', record }, { defaults })
    assert.equal(
      read.kind === 'app' && [read.app.enabled, read.app.webhooks.map(({ target }) => 'url' in target && target.url)],
      [true, ['https://example.com/h']],
    )
  })
}

test('a record with 0 for false is disabled', () => {
  const record = { id: 'a', key: 'k', secret: 's', enabled: 0, policy: null, webhooks: null }
  const read = readRow({ id: 'a', version: '1', record }, { defaults })
  assert.is(read.kind === 'app' && read.app.enabled, false)
})

test.run()
