import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ConfigFileError, loadConfig } from '../../src/config/index.js'
import { httpExample } from './sockudo-examples.js'

const test = suite<{ folder: string }>('loadConfig')

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'signpost-config-'))
})

test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true })
})

async function file(folder: string, name: string, contents: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, contents)
  return path
}

/** What is known of the error, without the folder of the test. */
async function failureOf(path: string) {
  const error = await loadConfig(path, {}).catch((reason: unknown) => reason)
  if (!(error instanceof ConfigFileError)) throw error
  const { code, position, message } = error
  return { code, position, message: message.replaceAll(path, 'FILE'), path: error.path }
}

const toml = `
[webhooks.batching]
duration = 75

[[app_manager.array.apps]]
id = "my-app"
key = "app-key"
secret = "app-secret"
previous_secrets = [{ secret = "old", expires_at = 2030-01-01T00:00:00Z }]

[[app_manager.array.apps.webhooks]]
url = "https://example.com/hook"
event_types = ["channel_occupied"]
headers = { X-Custom-Auth = "token" }
filter = { channel_prefix = "presence-" }
`

test('reads a JSON file', async ({ folder }) => {
  const { apps, batching } = await loadConfig(await file(folder, 'config.json', httpExample), {})
  assert.equal([apps[0]?.id, batching.durationMs], ['my-app-with-webhooks', 75])
})

test('reads a JSON file that starts with a byte order mark', async ({ folder }) => {
  const { apps } = await loadConfig(await file(folder, 'config.json', `\ufeff${httpExample}`), {})
  assert.is(apps.length, 1)
})

test('reads a TOML file, its dates too', async ({ folder }) => {
  const { apps, batching } = await loadConfig(await file(folder, 'CONFIG.TOML', toml), {})
  const [app] = apps
  assert.equal(
    [batching.durationMs, app?.previousSecrets, app?.webhooks[0]?.target],
    [
      75,
      [{ secret: 'old', expiresAtMs: Date.UTC(2030, 0, 1) }],
      { kind: 'http', url: 'https://example.com/hook', headers: { 'X-Custom-Auth': 'token' } },
    ],
  )
})

test('reads a file URL', async ({ folder }) => {
  const { apps } = await loadConfig(pathToFileURL(await file(folder, 'config.json', httpExample)), {})
  assert.is(apps.length, 1)
})

test('takes the configuration itself', async () => {
  const { batching } = await loadConfig({ webhooks: { batching: { size: '7' } } }, {})
  assert.is(batching.maxEvents, 7)
})

test('lets the environment win over the file', async ({ folder }) => {
  const path = await file(folder, 'config.json', httpExample)
  const { batching } = await loadConfig(path, { WEBHOOK_BATCHING_DURATION: '20' })
  assert.is(batching.durationMs, 20)
})

test('a missing file is unreadable, and the cause is kept', async ({ folder }) => {
  const path = join(folder, 'missing.json')
  const error = await loadConfig(path, {}).catch((reason: unknown) => reason)
  assert.ok(
    error instanceof ConfigFileError &&
      error.code === 'CONFIG_UNREADABLE' &&
      error.path === path &&
      error.cause instanceof Error &&
      'code' in error.cause &&
      error.cause.code === 'ENOENT',
  )
})

test('a folder is unreadable', async ({ folder }) => {
  const path = join(folder, 'folder.json')
  await mkdir(path)
  assert.is((await failureOf(path)).code, 'CONFIG_UNREADABLE')
})

test('a file of another kind is unsupported', async ({ folder }) => {
  const path = await file(folder, 'config.yaml', 'a: 1')
  assert.equal(await failureOf(path), {
    code: 'CONFIG_UNSUPPORTED',
    position: null,
    message: 'FILE: a configuration is a .json or .toml file',
    path,
  })
})

test('a JSON syntax error has its line and column, and nothing of the text', async ({ folder }) => {
  const path = await file(folder, 'config.json', '{\n  "secret": hidden\n}')
  assert.equal(await failureOf(path), {
    code: 'CONFIG_SYNTAX',
    position: { line: 2, column: 13 },
    message: 'FILE:2:13: is not JSON: a value was expected',
    path,
  })
})

test('a TOML syntax error has its line and column, and nothing of the text', async ({ folder }) => {
  const path = await file(folder, 'config.toml', 'a = 1\nsecret = hidden\n')
  assert.equal(await failureOf(path), {
    code: 'CONFIG_SYNTAX',
    position: { line: 2, column: 10 },
    message: 'FILE:2:10: Invalid TOML document: invalid value',
    path,
  })
})

test('a file that is not UTF-8 is a syntax error', async ({ folder }) => {
  const path = await file(folder, 'config.json', Uint8Array.of(0x22, 0xff, 0x22))
  assert.is((await failureOf(path)).message, 'FILE: is not UTF-8')
})

test.run()
