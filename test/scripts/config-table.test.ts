import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { configJsonSchema } from '../../scripts/config-json-schema.js'
import { configTable } from '../../scripts/config-table.js'

const test = suite('the configuration tables')

const lines = configTable(configJsonSchema()).split('\n')
const rowOf = (key: string) =>
  lines
    .find((line) => line.startsWith(`| \`${key}\` |`))
    ?.split(' | ')
    .slice(0, 3)

const ROWS: readonly (readonly [string, string, string])[] = [
  ['webhooks.batching.duration', 'integer 1 to 600000 ms', '`50`'],
  ['webhooks.retry.max_attempts', 'integer 1 to 1000', 'none'],
  ['webhooks.payload_format', '`"envelope"`, `"bare"`', '`"envelope"`'],
  ['webhooks.signature', 'array of `"pusher"`, `"standard-webhooks"`', '`["pusher"]`'],
  ['webhooks.local_address', 'string', 'none'],
  ['dispatcher.endpoint_share', 'number above 0 to 1', '`0.25`'],
  ['dispatcher.max_in_flight', 'integer 1 to 65535 requests', '`1024`'],
  ['dead_letters.arena_share', 'number 0 to 1', '`0.25`'],
  ['secret', 'string', 'required'],
  ['filter.channel_prefix', 'string', ''],
  ['headers', 'object', ''],
  ['retry', 'object', '`webhooks.retry`'],
]

for (const [key, type, fallback] of ROWS) {
  test(`have a row for ${key}`, () => {
    assert.equal(rowOf(key), [`| \`${key}\``, type, fallback])
  })
}

test('have the same number of cells in every row', () => {
  const rows = lines.filter((line) => line.startsWith('|'))
  assert.equal([...new Set(rows.map((row) => row.split(/(?<!\\)\|/).length))], [6])
})

test('leave out what is not read', () => {
  assert.is(rowOf('queue.kafka'), undefined)
})

test.run()
