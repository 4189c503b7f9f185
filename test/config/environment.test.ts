import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseConfig } from '../../src/config/index.js'

const test = suite('the environment')

const file = { webhooks: { batching: { enabled: false, duration: 75, size: 10, max_bytes: 2048 } } }

test('wins over the file', () => {
  const environment = {
    WEBHOOK_BATCHING_ENABLED: 'true',
    WEBHOOK_BATCHING_DURATION: '20',
    WEBHOOK_BATCHING_SIZE: '30',
  }
  const { batching } = parseConfig(file, environment)
  assert.equal(batching, { enabled: true, durationMs: 20, maxEvents: 30, maxBytes: 2048 })
})

test('counts where the file says nothing', () => {
  assert.is(parseConfig({}, { WEBHOOK_BATCHING_SIZE: '7' }).batching.maxEvents, 7)
})

test('counts in place of a wrong value in the file', () => {
  const wrong = { webhooks: { batching: { size: 'many' } } }
  assert.is(parseConfig(wrong, { WEBHOOK_BATCHING_SIZE: '7' }).batching.maxEvents, 7)
})

test('does not count while it is empty', () => {
  assert.is(parseConfig(file, { WEBHOOK_BATCHING_SIZE: ' ' }).batching.maxEvents, 10)
})

for (const [word, enabled] of [
  ['1', true],
  ['YES', true],
  ['on', true],
  ['0', false],
  ['No', false],
  ['off', false],
] as const) {
  test(`spells ${enabled} as ${word}`, () => {
    assert.is(parseConfig({}, { WEBHOOK_BATCHING_ENABLED: word }).batching.enabled, enabled)
  })
}

test('does not hide that the section is no object', () => {
  assert.throws(() => parseConfig({ webhooks: 5 }, { WEBHOOK_BATCHING_SIZE: '7' }), /webhooks: a number was given/)
})

test.run()
