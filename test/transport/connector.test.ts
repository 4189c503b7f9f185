import { once } from 'node:events'
import type { Socket } from 'node:net'
import { createSecureContext, createServer, TLSSocket } from 'node:tls'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeCertificate } from '../../scripts/certificate.js'
import { Connector, type ConnectorSettings } from '../../src/transport/connector.js'
import { createEgressGuard } from '../../src/transport/egress.js'
import { OPEN_EGRESS } from './support/sending.js'
import { listen, rawServer } from './support/servers.js'

const connector = suite('connector')

function settings(port: number): ConnectorSettings {
  const peer = { host: '127.0.0.1', port, where: `127.0.0.1:${port}` }
  return { peer, guard: createEgressGuard(OPEN_EGRESS), secureContext: null, proxy: null, localAddress: null }
}

function connected(made: Connector): Promise<Socket> {
  return new Promise((resolve, reject) => {
    made.connect(['http/1.1'], (result) => (result instanceof Error ? reject(result) : resolve(result)))
  })
}

connector('resumes the TLS session of the connection before', async () => {
  const certificate = await makeCertificate()
  const server = await listen(createServer(certificate, (socket) => socket.on('error', () => socket.destroy())))
  const made = new Connector({ ...settings(server.port), secureContext: createSecureContext({ ca: certificate.cert }) })
  const first = await connected(made)
  first.resume()
  await once(first, 'session')
  const second = await connected(made)
  const resumed = second instanceof TLSSocket && second.isSessionReused()
  first.destroy()
  second.destroy()
  await server.close()
  assert.ok(resumed)
})

connector('says nothing any more once cancelled', async () => {
  const server = await rawServer(() => undefined)
  let told = 0
  const cancel = new Connector(settings(server.port)).connect(['http/1.1'], () => {
    told += 1
  })
  cancel()
  const other = await connected(new Connector(settings(server.port)))
  other.destroy()
  await server.close()
  assert.is(told, 0)
})

connector.run()
