import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readEventLine } from '../../../src/cli/run/event-line.js'

const test = suite('a line of the input')

const read = (text: string) => readEventLine(Buffer.from(text))
const reasonOf = (bytes: Buffer | null) => {
  const line = readEventLine(bytes)
  return line.kind === 'invalid' ? line.reason : line.kind
}

test('is an event and the app that it belongs to', () => {
  assert.equal(read('{"app":"a","name":"member_added","channel":"c","user_id":7,"more":[1]}'), {
    kind: 'event',
    app: 'a',
    event: { name: 'member_added', channel: 'c', user_id: 7, more: [1] },
  })
})

test('may be blank, and may begin with a byte order mark', () => {
  assert.equal([read('').kind, read(' \t').kind, read('\ufeff{"app":"a"}').kind], ['blank', 'blank', 'event'])
})

for (const [what, bytes, reason] of [
  ['is too long', null, /--max-line/],
  ['is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), /not UTF-8/],
  ['is not JSON', Buffer.from('{"app":"secret'), /^it is not JSON$/],
  ['is no object', Buffer.from('[1]'), /not a JSON object/],
  ['is null', Buffer.from('null'), /not a JSON object/],
  ['has no app', Buffer.from('{"name":"x"}'), /"app"/],
  ['has a number for an app', Buffer.from('{"app":1}'), /"app"/],
  ['has an id whose digits are lost', Buffer.from('{"app":"a","user_id":12345678901234567890}'), /"user_id"/],
] as const) {
  test(`that ${what} is invalid`, () => assert.match(reasonOf(bytes), reason))
}

test('cannot change what objects inherit', () => {
  const line = read('{"app":"a","__proto__":{"polluted":true}}')
  assert.equal([line.kind, ({} as { polluted?: boolean }).polluted], ['event', undefined])
})

test.run()
