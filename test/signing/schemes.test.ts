import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SignatureName } from '../../src/config/model.js'
import { createSigner } from '../../src/signing/schemes.js'
import { unixMs } from '../../src/time/clocks.js'
import { exampleApp, sharedBytes } from './app.js'

const test = suite('signature schemes')

function headerNames(names: readonly SignatureName[]): string[] {
  const headers: string[] = []
  createSigner(exampleApp(), names).sign(sharedBytes('{}'), 'id', unixMs(0), headers)
  return headers.filter((_, index) => index % 2 === 0)
}

test('several schemes add their headers in the order of their names', () => {
  assert.equal(headerNames(['standard-webhooks', 'pusher']), [
    'webhook-timestamp',
    'webhook-signature',
    'X-Pusher-Key',
    'X-Pusher-Signature',
  ])
})

test('a scheme named twice signs once', () => {
  assert.equal(headerNames(['pusher', 'pusher']), ['X-Pusher-Key', 'X-Pusher-Signature'])
})

test('headers that are already there stay', () => {
  const headers = ['webhook-id', 'id']
  createSigner(exampleApp(), ['pusher']).sign(sharedBytes('{}'), 'id', unixMs(0), headers)
  assert.equal(headers.slice(0, 3), ['webhook-id', 'id', 'X-Pusher-Key'])
})

test.run()
