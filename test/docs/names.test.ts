import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { configJsonSchema } from '../../scripts/config-json-schema.js'
import { configTable } from '../../scripts/config-table.js'
import { DispatcherApps } from '../../src/dispatcher/apps.js'
import { DispatcherDeadLetters } from '../../src/dispatcher/dead-letters.js'
import { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import { HOST_METRICS } from '../../src/stats/layout.js'
import { prometheusText } from '../../src/stats/prometheus.js'
import { projectFile } from '../examples/documented.js'
import { projectRoot } from '../support/project-root.js'
import { PAGES } from './pages.js'

const test = suite('names in the documentation')

const keys = [...configTable(configJsonSchema()).matchAll(/^\| `([^`]+)`/gm)].map(([, key = '']) => key)
const isKey = (name: string) => keys.some((key) => key === name || key.startsWith(`${name}.`))

/** Overridable per webhook, so the table of webhooks has one row for all of it. */
const OVERRIDES = /^(?:retry|circuit_breaker|rate_limit|filter|lambda|tls)\./

const METHODS: Readonly<Record<string, object>> = {
  dispatcher: WorkerDispatcher.prototype,
  deadLetters: DispatcherDeadLetters.prototype,
  apps: DispatcherApps.prototype,
}

/** What has a dot and is no key. */
const API = /^(?:dispatcher\.(?:recovery|apps|on|emit)|queue\.add)\b/

const refusals: readonly string[] = HOST_METRICS.map(({ name }) => name)
const series = prometheusText([], 0)

/** What is said about Sockudo's or another program's own configuration is not ours to check. */
const FOREIGN = ['docs/guide/moving-from-sockudo.md', 'docs/guide/moving-from-soketi.md', 'docs/performance.md']

/** Whether there is such a file, from the root, from `src/`, or beside others that a page is about. */
function isFile(path: string): boolean {
  return ['.', 'src', 'test'].some((folder) => existsSync(join(projectRoot, folder, path)))
}

/** The pieces of code in a page's sentences. */
function codeSpans(page: string): string[] {
  const prose = projectFile(page).replace(/^```.*?^```$/gms, '')
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
}

for (const page of PAGES.filter((name) => !FOREIGN.includes(name))) {
  test(`${page} names only configuration keys that there are`, () => {
    const named = codeSpans(page)
      .map(
        (code) =>
          /^(?:webhooks|queue|dispatcher|app_manager|database|dead_letters)(?:\.[a-z\d_]+)+(?=$|:|\s|=)/.exec(
            code,
          )?.[0],
      )
      .filter((name) => name !== undefined)
    assert.equal(
      named.filter((name) => !isKey(name) && !OVERRIDES.test(name) && !API.test(name)),
      [],
    )
  })

  test(`${page} names only files that there are`, () => {
    const named = codeSpans(page).filter((code) => /^[a-z][\w-]*\/[\w./-]+\.(?:c?ts|mjs|json|md|py|yml)$/.test(code))
    const missing = named.filter((path) => !path.includes('NAME') && !isFile(path))
    assert.equal(missing, [])
  })

  test(`${page} names only methods that there are`, () => {
    const text = projectFile(page)
    const named = [...text.matchAll(/\b(dispatcher|deadLetters|apps)\.([a-z]\w*)\(/g)]
    const missing = named.filter(([, object = '', method = '']) => !(method in (METHODS[object] ?? {})))
    assert.equal(
      missing.map(([call]) => call),
      [],
    )
  })

  test(`${page} names only counters and series that there are`, () => {
    const spans = codeSpans(page)
    const named = spans.filter((code) => /^refused_[a-z_]+$/.test(code))
    const exported = spans.filter((code) => /^signpost_[a-z_]+$/.test(code))
    assert.equal(
      [
        named.filter((name) => !refusals.includes(name)),
        exported.filter((name) => !series.includes(`# TYPE ${name} `)),
      ],
      [[], []],
    )
  })
}

test('the alerts use only series that there are', () => {
  const rules = projectFile('examples/prometheus/alerts.yml')
  const named = [...rules.matchAll(/\bsignpost_[a-z_]+(?=[[)\s])/g)].map(([name]) => name.replace(/_bucket$/, ''))
  const [pattern = ''] = /signpost_refused_\([a-z|]+\)_full_total/.exec(rules) ?? []
  assert.ok(named.length >= 9)
  assert.equal(
    [
      named.filter((name) => !series.includes(`# TYPE ${name} `)),
      series.match(new RegExp(`# TYPE ${pattern} `, 'g'))?.length,
    ],
    [[], 4],
  )
})

test.run()
