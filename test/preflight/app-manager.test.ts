import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseConfig } from '../../src/config/index.js'
import { describeAppManager } from '../../src/preflight/app-manager.js'

const test = suite('what is said about the app manager')

const said = (given: Readonly<Record<string, unknown>>) =>
  describeAppManager(parseConfig({ app_manager: given }).appManager)

test('nothing while the apps are in the configuration', () => {
  assert.is(said({}), null)
})

test('which interval counts, and where it comes from', () => {
  assert.equal(
    [
      said({ driver: 'mysql' }),
      said({ driver: 'postgres', cache: { ttl: 300 } }),
      said({ driver: 'dynamodb', poll_interval_ms: 1500, cache: { ttl: 300 } }),
      said({ driver: 'mysql', cache: { ttl: 0 } }),
    ],
    [
      'mysql, polled every 5 s (default)',
      'pgsql, polled every 300 s (cache.ttl)',
      'dynamodb, polled every 1.5 s (poll_interval_ms)',
      'mysql, never polled (cache.ttl)',
    ],
  )
})

test.run()
