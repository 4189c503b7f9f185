import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createTransports } from '../../src/transport/transports.js'
import { httpEndpoint, testApp } from './support/endpoint.js'
import { describe, send } from './support/sending.js'
import { recorder } from './support/servers.js'

const transports = suite('transports')

transports('send to an HTTP target, and name the version', async () => {
  const receiver = await recorder()
  const all = createTransports({ egress: { policy: 'no-metadata', allow: [] }, version: '1.2.3' })
  await send(all.open(testApp, httpEndpoint(receiver.url)))
  await all.close()
  await receiver.close()
  assert.is(receiver.received[0]?.request.headers['user-agent'], 'Signpost/1.2.3')
})

transports('keep to the egress policy', async () => {
  const all = createTransports({ egress: { policy: 'public-only', allow: [] }, version: '1.2.3' })
  const outcome = await send(all.open(testApp, httpEndpoint('http://127.0.0.1:9/')))
  await all.close()
  assert.is(describe(outcome).cause, 'egress-refused')
})

transports.run()
