// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are what is tested
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type CheckOptions, checkConfig } from '../../../src/cli/check/check-config.js'
import type { CheckReport } from '../../../src/cli/check/report.js'
import { BARE } from '../../preflight/support.js'
import { projectRoot } from '../../support/project-root.js'

const CASES = join(projectRoot, 'test/config/cases')

interface Given extends Partial<CheckOptions> {
  readonly name?: string
  readonly environment?: Readonly<Record<string, string>>
}

function check(config: string, { name = 'FILE.json', environment = {}, ...options }: Given = {}): Promise<CheckReport> {
  const input = { name, read: async () => Buffer.from(config) }
  return checkConfig(input, environment, BARE, { strict: false, effective: false, ...options })
}

const test = suite('what signpost check finds')

test('names the place in TOML too', async () => {
  const { text } = await check('[webhooks]\n\n[webhooks.batching]\n  size = 0\n', { name: 'c.toml' })
  assert.match(text, 'c.toml:4:3: warning: webhooks.batching.size')
})

test('reports problems and warnings together', async () => {
  const { problems, warnings } = await check('{"webhooks":{"http2":2,"x_y_z":1}}')
  assert.equal(
    [problems.map(({ path }) => path), warnings.map(({ path }) => path)],
    [['webhooks.http2'], ['webhooks.x_y_z']],
  )
})

test('says where a file is no JSON', async () => {
  const { valid, text } = await check('{')
  assert.is(valid, false)
  assert.match(text, 'FILE.json:1:2: error: is not JSON')
})

test('names all variables that are missing', async () => {
  const { valid, text } = await check('{"apps":[{"id":"${A}","key":"${B}","secret":"${C:-c}"}]}')
  assert.is(valid, false)
  assert.match(text, 'FILE.json:1:17: error: these variables are not set and have no default: A, B;')
})

test('names the variables that were used', async () => {
  const environment = { APP_SECRET: 'hidden', WEBHOOK_BATCHING_SIZE: '7', REDIS_URL: 'redis://x' }
  const config = JSON.stringify({ apps: [{ id: 'a', key: 'k', secret: '${APP_SECRET}' }] })
  const { text } = await check(config, { environment })
  assert.match(text, 'variables used: APP_SECRET WEBHOOK_BATCHING_SIZE')
})

test('takes warnings for problems when it is strict', async () => {
  const config = JSON.stringify({ webhooks: { process_id: 'x' } })
  assert.equal([(await check(config)).valid, (await check(config, { strict: true })).valid], [true, false])
})

test('finds what the start would find: files, addresses, events, regions', async () => {
  const webhooks = [
    { url: 'https://169.254.169.254/', event_types: ['member_aded'] },
    { url: 'https://example.com/', event_types: ['member_added'], tls: { ca: '/nowhere/ca.pem' } },
    { lambda_function: 'f', event_types: ['member_added'] },
  ]
  const { problems, warnings } = await check(JSON.stringify({ apps: [{ id: 'a', key: 'k', secret: 's', webhooks }] }))
  assert.equal(
    [problems.map(({ path }) => path), warnings.map(({ path }) => path)],
    [
      ['apps[0].webhooks[0].url', 'apps[0].webhooks[1].tls.ca', 'apps[0].webhooks[2].lambda_function'],
      ['apps[0].webhooks[0].event_types[0]'],
    ],
  )
})

test('says what counts, without secrets', async () => {
  const webhook = {
    url: 'https://user:hidden@example.com/hook?token=hidden',
    headers: { Authorization: 'hidden' },
    event_types: ['member_added'],
    proxy: 'http://user:hidden@proxy',
  }
  const config = JSON.stringify({
    apps: [{ id: 'a', key: 'k', secret: 'hidden', standard_webhooks_secret: 'whsec_aGlkZGVu', webhooks: [webhook] }],
    database: { mysql: { password: 'hidden' }, redis: { password: 'hidden' } },
    queue: { redis: { url_override: 'redis://:hidden@r' }, redis_cluster: { nodes: ['redis://:hidden@r'] } },
  })
  const { effective } = await check(config, { effective: true })
  const shown = JSON.stringify(effective)
  assert.not.match(shown, /hidden|aGlkZGVu/)
  assert.match(shown, '"duration":50')
  assert.match(shown, '"headers":{"Authorization":"***"}')
  assert.match(shown, '"url":"https://***@example.com/hook?***"')
})

/** Where Signpost means something else than Sockudo on purpose, in the cases. */
const NOTED: Readonly<Record<string, readonly (string | null)[]>> = {
  'enabled-missing.json': ['queue.driver', 'app_manager.array.apps[0]'],
  'no-queue-section.json': ['queue.driver'],
  'lambda_function-region.json': ['queue.driver', 'app_manager.array.apps[0].webhooks[0]'],
}

for (const [file, paths] of Object.entries(NOTED)) {
  test(`says of ${file} where it differs from Sockudo`, async () => {
    const { notes } = await check(readFileSync(join(CASES, 'loads-but-differs', file), 'utf8'))
    assert.equal(
      notes.map(({ path }) => path),
      paths,
    )
  })
}

test('finds nothing to say of the configuration that Sockudo ships', async () => {
  const config = readFileSync(join(CASES, 'load-fails/sockudo-5-config.toml'), 'utf8')
  const { text } = await check(config, { name: 'config.toml', strict: true })
  assert.is(text, 'config.toml: valid, apps: 1, webhooks: 0, queue: memory (what is undelivered at exit is lost)')
})

test.run()
