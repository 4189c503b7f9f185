import { once } from 'node:events'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { NameLookup } from '../../src/names/names.js'
import { createEgressGuard, type EgressGuard, EgressRefusedError, type Refusal } from '../../src/transport/egress.js'
import { guardedAgents, openAgents } from '../../src/transport/guarded-agents.js'
import { OPEN_EGRESS } from './support/sending.js'
import { recorder } from './support/servers.js'

const agents = suite('guarded agents')

agents('refuse the address connected to before a byte leaves', async () => {
  let received = 0
  const server = createServer((socket) => socket.on('data', (chunk) => (received += chunk.length)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  const refusal: Refusal = { address: '127.0.0.1', policy: 'public-only', label: 'loopback', message: 'refused' }
  const peersOnly: EgressGuard = {
    ...createEgressGuard(OPEN_EGRESS),
    check: () => refusal,
    checkUrl: () => null,
  }
  const { httpAgent } = guardedAgents(peersOnly)
  const [error] = await once(get({ host: '127.0.0.1', port, agent: httpAgent }), 'error').catch((thrown) => [thrown])
  httpAgent.destroy()
  server.close()
  await once(server, 'close')
  assert.equal({ refused: error instanceof EgressRefusedError, received }, { refused: true, received: 0 })
})

agents('that are open resolve names as the guard does, and refuse nothing', async () => {
  const server = await recorder()
  const lookup: NameLookup = (_name, _options, callback) => {
    callback(null, [{ address: '127.0.0.1', family: 4 }])
    return () => undefined
  }
  const { httpAgent } = openAgents(createEgressGuard({ policy: 'public-only', allow: [] }, lookup))
  const [response] = await once(get({ host: 'lambda.test', port: server.port, agent: httpAgent }), 'response')
  response.resume()
  await once(response, 'end')
  httpAgent.destroy()
  await server.close()
  assert.is(response.statusCode, 200)
})

agents.run()
