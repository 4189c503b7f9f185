import fc from 'fast-check'
import Pusher from 'pusher'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pusherScheme } from '../../src/signing/pusher.js'
import { unixMs } from '../../src/time/clocks.js'
import { exampleApp, sharedBytes } from './app.js'

const test = suite('Pusher signature')

function signedHeaders(app: ReturnType<typeof exampleApp>, body: Uint8Array): string[] {
  const headers: string[] = []
  pusherScheme.prepare(app).sign(body, 'id', unixMs(0), headers)
  return headers
}

function acceptedByPusherLibrary(key: string, secret: string, rawBody: string, headers: readonly string[]): boolean {
  const [, sentKey, , signature] = headers
  return new Pusher({ appId: 'app', key, secret, cluster: 'none' })
    .webhook({
      rawBody,
      headers: { 'content-type': 'application/json', 'x-pusher-key': sentKey, 'x-pusher-signature': signature },
    })
    .isValid()
}

test('adds the key and the signature, in this order', () => {
  const headers = signedHeaders(exampleApp(), sharedBytes('{"time_ms":1,"events":[]}'))
  assert.equal(headers, [
    'X-Pusher-Key',
    'app-key',
    'X-Pusher-Signature',
    '786f49f91684a7686ab05b497c091b2a12e239335563fbc11198764aee85265e',
  ])
})

test('is accepted by the pusher package for any secret and any body', () => {
  const secret = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 })
  fc.assert(
    fc.property(secret, fc.json({ stringUnit: 'grapheme' }), (secret, json) => {
      const headers = signedHeaders(exampleApp({ secret }), sharedBytes(json))
      return acceptedByPusherLibrary('app-key', secret, json, headers)
    }),
  )
})

test('is refused by the pusher package when one byte of the body differs', () => {
  const headers = signedHeaders(exampleApp(), sharedBytes('{"time_ms":1,"events":[]}'))
  assert.is(acceptedByPusherLibrary('app-key', 'app-secret', '{"time_ms":2,"events":[]}', headers), false)
})

test('a rotated key is accepted by a receiver that knows the former and the new pair', () => {
  const body = '{"time_ms":1,"events":[]}'
  const headers = signedHeaders(exampleApp({ key: 'new-key', secret: 'new-secret' }), sharedBytes(body))
  const [, key, , signature] = headers
  const webhook = new Pusher({ appId: 'app', key: 'old-key', secret: 'old-secret', cluster: 'none' }).webhook({
    rawBody: body,
    headers: { 'content-type': 'application/json', 'x-pusher-key': key, 'x-pusher-signature': signature },
  })
  assert.is(webhook.isValid({ key: 'new-key', secret: 'new-secret' }), true)
})

test.run()
