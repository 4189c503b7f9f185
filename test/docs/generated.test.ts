import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { configJsonSchema } from '../../scripts/config-json-schema.js'
import { configTable } from '../../scripts/config-table.js'
import { metricsTables } from '../../src/stats/metrics-tables.js'
import { projectFile } from '../examples/documented.js'

const test = suite('generated tables')

/** What stands between the markers of a page. */
function generated(page: string, name: string): string {
  const [, text = ''] = projectFile(page).split(new RegExp(`<!-- ${name}:(?:start|end) -->`))
  return unpadded(text)
}

/** Tables may be aligned by hand or by an editor. */
function unpadded(text: string): string {
  return text
    .replaceAll(/ +(?=\|)|(?<=\|) +/g, ' ')
    .replaceAll(/-{3,}/g, '---')
    .trim()
}

test('of the configuration are those of the schema (node scripts/write-config-table.mjs)', () => {
  assert.is(generated('docs/reference/configuration.md', 'configuration'), unpadded(configTable(configJsonSchema())))
})

test('of the metrics are those of the counters (node scripts/write-metrics-table.mjs)', () => {
  assert.is(generated('docs/reference/metrics.md', 'metrics'), unpadded(metricsTables()))
})

test.run()
