// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are what is tested
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ConfigError, ConfigFileError, load, loadConfig, parseApp, parseConfig } from '../../src/config/index.js'
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

test('a file is read with the variables of the process, unless others are given', async ({ folder }) => {
  const path = await file(folder, 'config.json', httpExample)
  process.env.WEBHOOK_BATCHING_DURATION = '30'
  try {
    const [own, given] = [await loadConfig(path), await loadConfig(path, { environment: {} })]
    assert.equal([own.batching.durationMs, given.batching.durationMs], [30, 75])
  } finally {
    delete process.env.WEBHOOK_BATCHING_DURATION
  }
})

test('the variables of the process do not change what is given in code', async () => {
  process.env.WEBHOOK_BATCHING_DURATION = '30'
  try {
    const { batching } = await loadConfig({ webhooks: { batching: { duration: 75 } } })
    assert.is(batching.durationMs, 75)
  } finally {
    delete process.env.WEBHOOK_BATCHING_DURATION
  }
})

const WITH_REFERENCE = { apps: [{ id: 'a', key: 'k', secret: '${APP_SECRET}' }] }

test('references to variables stay as they are in what is given in code', async () => {
  const { apps } = await loadConfig(WITH_REFERENCE)
  assert.is(apps[0]?.secret, '${APP_SECRET}')
})

test('what is given in code is read with variables when they are given too', async () => {
  const environment = { APP_SECRET: 'from-environment', WEBHOOK_BATCHING_SIZE: '7' }
  const { config, variables } = await load(WITH_REFERENCE, { environment })
  assert.equal(
    [config.apps[0]?.secret, config.batching.maxEvents, variables],
    ['from-environment', 7, ['APP_SECRET', 'WEBHOOK_BATCHING_SIZE']],
  )
})

test('what is given in code may lack no variable either', async () => {
  const error = await load(WITH_REFERENCE, { environment: {} }).catch((reason: unknown) => reason)
  assert.ok(error instanceof ConfigFileError && error.code === 'CONFIG_VARIABLES')
})

test('a record and an app that is set are never interpolated', () => {
  assert.is(parseApp({ id: 'a', key: 'k', secret: '${HOME}' }, parseConfig({})).secret, '${HOME}')
})

test('references to variables are replaced before a file is parsed', async ({ folder }) => {
  const path = await file(folder, 'config.toml', 'webhooks = { ${KEY} = ${VALUE:-false} }\n')
  const { config, variables } = await load(path, { environment: { KEY: 'enabled' } })
  assert.equal([config.enabled, variables], [false, ['KEY']])
})

test('one error lists every variable that is missing, and says where the first is', async ({ folder }) => {
  const text = '{\n  "apps": [{ "id": "${APP_ID}", "key": "${APP_KEY:-k}", "secret": "${APP_SECRET}${APP_ID}" }]\n}'
  assert.equal(await failureOf(await file(folder, 'config.json', text)), {
    code: 'CONFIG_VARIABLES',
    position: { line: 2, column: 21 },
    message:
      'FILE:2:21: these variables are not set and have no default: APP_ID, APP_SECRET; set what is missing, or write ${NAME:-default}',
    path: join(folder, 'config.json'),
  })
})

test('a syntax error behind a variable is where it is in the file, and nothing of the value shows', async ({
  folder,
}) => {
  const path = await file(folder, 'config.json', '{ "a": "${LONG}", "b": nothing }')
  const error = await loadConfig(path, { LONG: 'hidden '.repeat(9) }).catch((reason: unknown) => reason)
  assert.ok(error instanceof ConfigFileError)
  assert.equal([error.position, error.message.includes('hidden')], [{ line: 1, column: 24 }, false])
})

const expiry = (name: string, value: string) =>
  name.endsWith('.toml')
    ? `[[apps]]\nid = "a"\nkey = "k"\nsecret = "s"\nprevious_secrets = [{ secret = "o", expires_at = ${value} }]\n`
    : `{"apps":[{"id":"a","key":"k","secret":"s","previous_secrets":[{"secret":"o","expires_at":${value}}]}]}`

/** The same moment in TOML and in JSON, and whether it is one. */
const MOMENTS: readonly (readonly [toml: string, json: string, isOne: boolean])[] = [
  ['2030-01-02T03:04:05Z', '"2030-01-02T03:04:05Z"', true],
  ['2030-01-02T03:04:05+01:00', '"2030-01-02T03:04:05+01:00"', true],
  ['2030-01-02', '"2030-01-02"', true],
  ['2030-01-02T03:04:05', '"2030-01-02T03:04:05"', false],
  ['03:04:05', '"03:04:05"', false],
  ['1970-01-20T00:00:00Z', '1641600', false],
  ['1970-01-20T00:00:00Z', '"1970-01-20T00:00:00Z"', false],
]

for (const [toml, json, isOne] of MOMENTS) {
  test(`${toml} in TOML and ${json} in JSON are both ${isOne ? 'read' : 'refused'}`, async ({ folder }) => {
    const read = async (name: string, value: string) =>
      loadConfig(await file(folder, name, expiry(name, value)), {}).then(
        ({ apps }) => apps[0]?.previousSecrets[0]?.expiresAtMs,
        (error: unknown) => error instanceof ConfigError && error.problems.map(({ path }) => path),
      )
    const wanted = isOne ? Date.parse(toml) : ['apps[0].previous_secrets[0].expires_at']
    assert.equal([await read('c.toml', toml), await read('c.json', json)], [wanted, wanted])
  })
}

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
