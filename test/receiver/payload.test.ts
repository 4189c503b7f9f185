import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { WebhookEvent } from '../../src/receiver/events.js'
import { parsePayload } from '../../src/receiver/payload.js'
import { WebhookError } from '../../src/receiver/webhook-error.js'

const test = suite('payload')

function problem(body: string | Uint8Array): string {
  const payload = parsePayload(typeof body === 'string' ? Buffer.from(body) : body)
  return payload instanceof WebhookError ? payload.message.replace('the body is not a webhook: ', '') : 'none'
}

test('an envelope gives its time and its events in order', () => {
  const events = [
    { name: 'channel_occupied', channel: 'a' },
    { name: 'channel_vacated', channel: 'a' },
  ]
  assert.equal(parsePayload(Buffer.from(JSON.stringify({ time_ms: 5, events }))), { timeMs: 5, events })
})

test('a bare event is a webhook of one event with its time', () => {
  const event = { name: 'cache_miss', channel: 'cache-a', time_ms: 7 }
  assert.equal(parsePayload(Buffer.from(JSON.stringify(event))), { timeMs: 7, events: [event] })
})

test('an event with a name of its own may have any fields', () => {
  assert.is(problem('{"time_ms":1,"events":[{"name":"order_paid","channel":5}]}'), 'none')
})

test('names of Object.prototype are names like others', () => {
  assert.is(problem('{"time_ms":1,"events":[{"name":"constructor"}]}'), 'none')
})

for (const [body, expected] of [
  ['', 'it is not JSON in UTF-8'],
  ['{', 'it is not JSON in UTF-8'],
  [Uint8Array.of(0x22, 0xff, 0x22), 'it is not JSON in UTF-8'],
  ['null', 'it is not a JSON object'],
  ['{"events":[]}', 'time_ms is not a number'],
  ['{"time_ms":1,"events":{}}', 'events is not an array'],
  ['{"time_ms":1}', 'name is not a string'],
  ['{"time_ms":1,"events":[null]}', 'events[0]: it is not an object'],
  [
    '{"time_ms":1,"events":[{"name":"x"},{"name":"member_added","channel":"a"}]}',
    'events[1]: user_id of member_added is not a string',
  ],
  [
    '{"time_ms":1,"events":[{"name":"client_event","channel":"a","event":"b","data":{}}]}',
    'events[0]: data of client_event is not a string',
  ],
] as const) {
  test(`${JSON.stringify(body)} is refused: ${expected}`, () => {
    assert.is(problem(body), expected)
  })
}

test('the name of an event tells its type to the compiler', () => {
  const describe = (event: WebhookEvent): string => {
    if (event.name === 'member_added') return `${event.user_id} in ${event.channel}`
    if (event.name === 'subscription_count') return event.subscription_count.toFixed()
    return event.name
  }
  assert.is(describe({ name: 'member_added', channel: 'presence-a', user_id: 'u1' }), 'u1 in presence-a')
})

test.run()
