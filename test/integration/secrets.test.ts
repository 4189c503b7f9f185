import { inspect } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ConfigError, createDispatcher, type Dispatcher, loadConfig } from '../../src/index.js'
import { appWith, withReceiver } from '../support/dispatcher.js'

const test = suite('a secret')

const SECRETS = {
  secret: 'the-secret-of-the-app',
  previous: 'the-secret-it-had-before',
  standardWebhooks: `whsec_${Buffer.from('the-standard-webhooks-secret').toString('base64')}`,
  header: 'the-token-in-a-header',
  urlPassword: 'the-password-in-the-url',
  proxyPassword: 'the-password-of-the-proxy',
}

function configWithSecrets(origin: string) {
  const { host } = new URL(origin)
  return {
    webhooks: { retry: { enabled: false }, circuit_breaker: { min_requests: 1 } },
    dispatcher: { shards: 1 },
    apps: [
      appWith(
        [
          {
            id: 'direct',
            url: `http://user:${SECRETS.urlPassword}@${host}/direct`,
            headers: { authorization: `Bearer ${SECRETS.header}` },
          },
          {
            id: 'proxied',
            url: 'http://127.0.0.1:9/',
            proxy: `http://user:${SECRETS.proxyPassword}@127.0.0.1:9`,
          },
        ],
        {
          secret: SECRETS.secret,
          previous_secrets: [{ secret: SECRETS.previous, expires_at: 4_102_444_800_000 }],
          standard_webhooks_secret: SECRETS.standardWebhooks,
        },
      ),
    ],
  }
}

/** All that a value shows, however it is looked at. */
function shown(value: unknown): string {
  const views = [
    () => inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
    () => inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, customInspect: false }),
    () => JSON.stringify(value),
    () => String(value),
    () => inspect(structuredClone(value), { depth: Number.POSITIVE_INFINITY }),
  ]
  const seen = new Set<unknown>()
  return [...views.map(attempted), ...walk(value, seen)].join('\n')
}

/** What cannot be looked at like this shows nothing, but its error may. */
function attempted(view: () => unknown): string {
  try {
    return String(view())
  } catch (error) {
    return inspect(error, { depth: Number.POSITIVE_INFINITY })
  }
}

/** Every own property, symbols and what cannot be enumerated included. */
function* walk(value: unknown, seen: Set<unknown>): Generator<string> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) {
    yield attempted(() => value)
    return
  }
  seen.add(value)
  if (value instanceof Map || value instanceof Set) for (const entry of value) yield* walk(entry, seen)
  for (const key of Reflect.ownKeys(value)) {
    yield String(key)
    const descriptor = Reflect.getOwnPropertyDescriptor(value, key)
    if (descriptor !== undefined && 'value' in descriptor) yield* walk(descriptor.value, seen)
  }
}

function assertSecretFree(what: string, value: unknown): void {
  const text = shown(value)
  const found = Object.entries(SECRETS).filter(([, secret]) => text.includes(secret))
  assert.equal(
    found.map(([name]) => name),
    [],
    what,
  )
}

async function withEvents(run: (dispatcher: Dispatcher, reports: readonly unknown[]) => Promise<void>): Promise<void> {
  await withReceiver(async (receiver) => {
    receiver.fail({ status: 400 })
    const reports: unknown[] = []
    const note = (...args: unknown[]): void => void reports.push(...args)
    const logger = { info: note, warn: note, error: note }
    const dispatcher = await createDispatcher(configWithSecrets(receiver.origin), { logger })
    for (const name of ['failed', 'dead-letter', 'endpoint-open', 'delivered', 'invalid'] as const) {
      dispatcher.on(name, note)
    }
    try {
      dispatcher.app('app').channelOccupied('a')
      dispatcher.app('app').memberAdded('a', {} as never)
      await dispatcher.flush()
      await run(dispatcher, reports)
    } finally {
      await dispatcher.close({ timeout: 1000 })
    }
  })
}

test('does not show in anything public, however it is printed, walked or serialised', () =>
  withEvents(async (dispatcher, reports) => {
    const handle = dispatcher.app('app')
    const failure: unknown = await Promise.resolve()
      .then(() => dispatcher.app('missing'))
      .catch((error: unknown) => error)
    const list = await dispatcher.deadLetters.list()
    assert.ok(reports.length > 3 && list.items.length === 2, 'something has happened')
    for (const [what, value] of Object.entries({
      dispatcher,
      apps: dispatcher.apps,
      deadLetters: dispatcher.deadLetters,
      handle,
      stats: dispatcher.stats(),
      metrics: await dispatcher.metrics(),
      failure,
      list,
      reports,
    })) {
      assertSecretFree(what, value)
    }
  }))

test('does not show in what loadConfig returns', () =>
  withReceiver(async (receiver) => {
    assertSecretFree('config', await loadConfig(configWithSecrets(receiver.origin)))
  }))

test('does not show in a ConfigError, wherever it was written', async () => {
  const { apps } = configWithSecrets('http://127.0.0.1:9')
  const [app] = apps
  assert.ok(app !== undefined)
  const mistakes = [
    {
      ...app,
      webhooks: [{ url: 'http://127.0.0.1/', event_types: ['x'], hedaers: { authorization: SECRETS.header } }],
    },
    {
      ...app,
      webhooks: [
        { url: 'http://127.0.0.1/', event_types: ['x'], headers: { [`authorization: ${SECRETS.header}`]: '' } },
      ],
    },
    { ...app, secret: [SECRETS.secret] },
    { ...app, webhooks: [{ url: `http://user:${SECRETS.urlPassword}@:bad`, event_types: ['x'] }] },
    {
      ...app,
      webhooks: [{ url: 'http://127.0.0.1/', event_types: ['x'], proxy: `nohttp://u:${SECRETS.proxyPassword}@h` }],
    },
  ]
  for (const mistake of mistakes) {
    const error: unknown = await loadConfig({ apps: [mistake as never] }).catch((reason: unknown) => reason)
    assert.instance(error, ConfigError)
    assertSecretFree(JSON.stringify(mistake), error)
  }
})

test('does not take the process down when a dispatcher or a handle is serialised, and both are short', () =>
  withEvents(async (dispatcher) => {
    const texts = [dispatcher, dispatcher.app('app'), dispatcher.apps, dispatcher.deadLetters].flatMap((value) => [
      JSON.stringify(value),
      inspect(value),
    ])
    assert.ok(
      texts.every((text) => text.length < 200),
      texts.join('\n'),
    )
  }))

test.run()
