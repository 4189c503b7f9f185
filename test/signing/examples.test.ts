import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isFromOurApp } from '../examples/signatures/pusher-package.js'
import { verified } from '../examples/signatures/standardwebhooks-package.js'
import { signedRequest } from '../receiver/signed-request.js'
import { exampleApp } from './app.js'

const test = suite('examples of signatures')

test('the pusher package accepts the former and the new pair, and no other', () => {
  const accepted = ['old', 'new', 'other'].map((age) => {
    const app = exampleApp({ key: `${age}-key`, secret: `${age}-secret` })
    const { headers, body } = signedRequest({ app })
    return isFromOurApp(headers, body.toString())
  })
  assert.equal(accepted, [true, true, false])
})

test('the standardwebhooks package accepts the derived secret', () => {
  const { headers, body } = signedRequest({ schemes: ['standard-webhooks'] })
  assert.equal(verified(headers, body.toString()), JSON.parse(body.toString()))
})

test.run()
