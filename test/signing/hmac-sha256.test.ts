import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HmacSha256 } from '../../src/signing/hmac-sha256.js'

const test = suite('HMAC-SHA256')

test('equals the HMAC of node:crypto for every key, prefix and body', () => {
  const bytes = fc.uint8Array({ maxLength: 200 })
  fc.assert(
    fc.property(
      bytes,
      fc.string({ unit: 'binary' }),
      bytes,
      fc.constantFrom('hex', 'base64'),
      (key, prefix, body, encoding) => {
        const expected = createHmac('sha256', key).update(prefix).update(body).digest(encoding)
        return new HmacSha256(key).digest(prefix, body, encoding) === expected
      },
    ),
  )
})

test('is the same on both sides of the size from which bodies are streamed', () => {
  const key = Buffer.from('key')
  const hmac = new HmacSha256(key)
  const differing = []
  for (let length = 16_200; length <= 16_500; length++) {
    const body = Buffer.alloc(length, 'ab€')
    const expected = createHmac('sha256', key).update('id.').update(body).digest('hex')
    if (hmac.digest('id.', body, 'hex') !== expected) differing.push(length)
  }
  assert.equal(differing, [])
})

test('keys do not disturb each other', () => {
  const first = new HmacSha256(Buffer.from('first'))
  const second = new HmacSha256(Buffer.from('second'))
  const body = Buffer.from('{}')
  const before = first.digest('', body, 'hex')
  second.digest('longer than the empty one', Buffer.alloc(1000), 'hex')
  assert.is(first.digest('', body, 'hex'), before)
})

test.run()
