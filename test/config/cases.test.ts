import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type AppConfig,
  type Config,
  type ConfigProblem,
  type ConfigWarning,
  parseConfig,
  readApp,
  readConfig,
} from '../../src/config/index.js'
import { readSource } from '../../src/config/source.js'
import { projectRoot } from '../support/project-root.js'
import { differing } from './differing.js'
import { httpExample, lambdaExample, mixedExample } from './sockudo-examples.js'
import { credentials, problemsOf } from './support.js'

interface Expectation {
  /** What differs from the defaults; absent where the configuration is refused. */
  readonly effective?: object
  /** Where something is warned about. */
  readonly warnings?: readonly string[]
  /** Messages of why it is refused. */
  readonly problems?: readonly string[]
}

const FOLDER = join(projectRoot, 'test/config/cases')
const ENVIRONMENT = { APP_SECRET: 'secret-of-the-environment' }
const DEFAULTS = parseConfig({})
const EXPECTED = JSON.parse(readFileSync(join(FOLDER, 'expectations.json'), 'utf8')) as Record<string, Expectation>

const test = suite("the configurations and records of Sockudo's users")

for (const file of filesOf('load-fails', 'loads-but-differs')) {
  test(`${file} comes out as it is written down`, () => {
    const { input } = readSource(file, readFileSync(join(FOLDER, file)), ENVIRONMENT)
    const { loaded, warnings, problems } = readConfig(input, ENVIRONMENT)
    assert.equal(outcome(loaded && withoutDefaults(loaded.config), warnings, problems), EXPECTED[file])
  })
}

for (const file of filesOf('rows')) {
  test(`${file} is an app as it is written down`, () => {
    const given = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))
    const { app, warnings } = readApp(given.app_manager?.array.apps[0] ?? given, DEFAULTS, { isRecord: true })
    assert.equal(outcome(appWithoutDefaults(app), warnings, []), EXPECTED[file])
  })
}

/** The configurations of the specification; the second and the third are pieces of an app. */
const SPECIFICATION: Readonly<Record<string, object>> = {
  'specification/http': JSON.parse(httpExample),
  'specification/lambda': { apps: [{ ...credentials, ...JSON.parse(lambdaExample) }] },
  'specification/mixed': { apps: [{ ...credentials, ...JSON.parse(mixedExample) }] },
}

for (const [name, input] of Object.entries(SPECIFICATION)) {
  test(`the example ${name} comes out as it is written down`, () => {
    const { loaded, warnings, problems } = readConfig(input, ENVIRONMENT)
    assert.equal(outcome(loaded && withoutDefaults(loaded.config), warnings, problems), EXPECTED[name])
  })
}

test('each expectation has its configuration', () => {
  const given = [...filesOf('load-fails', 'loads-but-differs', 'rows'), ...Object.keys(SPECIFICATION)]
  assert.equal(Object.keys(EXPECTED).sort(), given.sort())
})

test('a variable that is not set and has no default refuses the file', () => {
  const file = 'loads-but-differs/secret-from-environment.json'
  assert.throws(() => readSource(file, readFileSync(join(FOLDER, file)), {}), /not set and has no default: APP_SECRET;/)
})

test('a misspelt key is refused, and the one that is meant is named', () => {
  const problems = problemsOf(() => parseConfig({ webhooks: { batching: { duratoin: 5 } } }))
  assert.equal(
    problems.map(({ path, expected }) => [path, expected]),
    [['webhooks.batching.duratoin', 'the key duration']],
  )
})

function filesOf(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => readdirSync(join(FOLDER, folder)).map((name) => `${folder}/${name}`))
}

function outcome(
  effective: object | null,
  warnings: readonly ConfigWarning[],
  problems: readonly ConfigProblem[],
): Expectation {
  return {
    ...(effective !== null && { effective }),
    ...(warnings.length > 0 && { warnings: warnings.map(({ path }) => path) }),
    ...(problems.length > 0 && { problems: problems.map(({ message }) => message) }),
  }
}

function withoutDefaults({ apps, ...config }: Config): object {
  const others = differing(config, DEFAULTS) as object
  return { ...others, ...(apps.length > 0 && { apps: apps.map(appWithoutDefaults) }) }
}

const BARE_APP = { enabled: true, previousSecrets: [], standardWebhooksSecret: null, webhooks: [] }
const BARE_ENDPOINT = { filter: null, tls: null, ...DEFAULTS.defaults }

function appWithoutDefaults(app: AppConfig): object {
  const { webhooks, ...others } = app
  const endpoints = webhooks.map(({ id: _, ...endpoint }) => differing(endpoint, BARE_ENDPOINT))
  return { ...(differing(others, BARE_APP) as object), webhooks: endpoints }
}

test.run()
