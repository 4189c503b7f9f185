import { X509Certificate } from 'node:crypto'
import { createServer } from 'node:https'
import type { PeerCertificate, TLSSocket } from 'node:tls'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Certificate, makeCertificate } from '../../scripts/certificate.js'
import { type TemporaryFolder, temporaryFolder } from '../../scripts/temporary-folder.js'
import type { TlsConfig } from '../../src/config/model.js'
import { checkIpv6Identity } from '../../src/transport/tls.js'
import type { Transport } from '../../src/transport/transport.js'
import { httpEndpoint, testApp } from './support/endpoint.js'
import { httpTransports, send, sendOnce } from './support/sending.js'
import { type Listening, listen, recorder } from './support/servers.js'

interface Context {
  authority: Certificate
  folder: TemporaryFolder
  tls: TlsConfig
}

const tls = suite<Context>('over TLS')

tls.before(async (context) => {
  context.authority = await makeCertificate()
  context.folder = temporaryFolder()
  context.tls = { ca: context.folder.write('ca.pem', context.authority.cert), cert: null, key: null }
})

tls.after((context) => context.folder.remove())

interface Secure extends Listening {
  readonly clients: string[]
}

async function secureServer(certificate: Certificate, clientAuthority?: Certificate, host?: string): Promise<Secure> {
  const clients: string[] = []
  const options =
    clientAuthority === undefined ? {} : { requestCert: true, rejectUnauthorized: true, ca: clientAuthority.cert }
  const server = createServer({ ...certificate, ...options }, (request, response) => {
    const socket = request.socket as TLSSocket
    clients.push(String(socket.getPeerCertificate().subject?.CN))
    request.resume()
    response.end()
  })
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  const listening = await listen(server, host)
  return { ...listening, url: listening.url.replace('http:', 'https:'), clients }
}

tls('a receiver whose authority the webhook names is delivered to', async ({ authority, tls }) => {
  const receiver = await secureServer(authority)
  const { outcome } = await sendOnce(receiver.url, { tls })
  await receiver.close()
  assert.equal(outcome, { kind: 'delivered', status: 200 })
})

tls('a receiver is delivered to by name', async ({ authority, tls }) => {
  const receiver = await secureServer(authority)
  const { outcome } = await sendOnce(receiver.url.replace('127.0.0.1', 'localhost'), { tls })
  await receiver.close()
  assert.is(outcome.kind, 'delivered')
})

tls('a receiver on IPv6 loopback is delivered to', async ({ authority, tls }) => {
  const receiver = await secureServer(authority, undefined, '::1')
  const { outcome } = await sendOnce(receiver.url, { tls })
  await receiver.close()
  assert.is(outcome.kind, 'delivered')
})

tls('a certificate of an unknown authority is not trusted', async ({ authority }) => {
  const receiver = await secureServer(authority)
  const { outcome, cause, message } = await sendOnce(receiver.url)
  await receiver.close()
  const named = message.startsWith(`no TLS connection with 127.0.0.1:${receiver.port}: self-signed certificate`)
  assert.equal([outcome.kind, cause, named], ['retry', 'tls', true])
})

tls('an expired certificate is not trusted', async ({ folder }) => {
  const day = 24 * 60 * 60 * 1000
  const expired = await makeCertificate({
    notBefore: new Date(Date.now() - 3 * day),
    notAfter: new Date(Date.now() - day),
  })
  const receiver = await secureServer(expired)
  const ca = folder.write('expired.pem', expired.cert)
  const { outcome, cause, message } = await sendOnce(receiver.url, { tls: { ca, cert: null, key: null } })
  await receiver.close()
  assert.equal([outcome.kind, cause, message.includes('certificate has expired')], ['retry', 'tls', true])
})

tls('a certificate for another name is not trusted', async ({ authority, tls }) => {
  const receiver = await secureServer(authority, undefined, '127.0.0.2')
  const { outcome, cause } = await sendOnce(receiver.url, { tls })
  await receiver.close()
  assert.equal([outcome.kind, cause], ['retry', 'tls'])
})

tls('an IPv6 address that the certificate does not name is not trusted', ({ authority }) => {
  const certificate = new X509Certificate(authority.cert).toLegacyObject() as PeerCertificate
  assert.instance(checkIpv6Identity('::2', certificate), Error)
})

tls('a receiver that does not speak TLS is told apart', async () => {
  const receiver = await recorder()
  const { outcome, cause } = await sendOnce(receiver.url.replace('http:', 'https:'))
  await receiver.close()
  assert.equal([outcome.kind, cause], ['retry', 'tls'])
})

tls('a receiver that asks for a certificate gets the webhook’s', async ({ authority, folder, tls }) => {
  const client = await makeCertificate({ commonName: 'signpost-client' })
  const receiver = await secureServer(authority, client)
  const cert = folder.write('client.pem', client.cert)
  const key = folder.write('client-key.pem', client.key)
  const { outcome } = await sendOnce(receiver.url, { tls: { ca: tls.ca, cert, key } })
  await receiver.close()
  assert.equal([outcome.kind, receiver.clients], ['delivered', ['signpost-client']])
})

tls('a receiver that asks for a certificate takes none from a webhook without one', async ({ authority, tls }) => {
  const receiver = await secureServer(authority, await makeCertificate())
  const { outcome, cause } = await sendOnce(receiver.url, { tls })
  await receiver.close()
  assert.equal([outcome.kind, cause === 'tls' || cause === 'reset', receiver.clients], ['retry', true, []])
})

tls('a file that cannot be read is a mistake of the configuration, named', async () => {
  const files: TlsConfig = { ca: '/no/such/authority.pem', cert: null, key: null }
  const { outcome, cause, message } = await sendOnce('https://127.0.0.1:9/', { tls: files })
  assert.equal(
    [outcome.kind, cause, message],
    ['rejected', 'configuration', 'tls.ca of the webhook cannot be read: /no/such/authority.pem (ENOENT)'],
  )
})

tls(
  'files that do not belong together are a mistake of the configuration, named',
  async ({ authority, folder, tls }) => {
    const cert = folder.write('one.pem', authority.cert)
    const key = folder.write('other-key.pem', (await makeCertificate()).key)
    const { cause, message } = await sendOnce('https://127.0.0.1:9/', { tls: { ca: tls.ca, cert, key } })
    assert.equal([cause, message.includes(cert), message.includes(key)], ['configuration', true, true])
  },
)

tls('a file that was missing is read once it is there', async ({ authority, folder }) => {
  const receiver = await secureServer(authority)
  const late: TlsConfig = { ca: `${folder.path}/late.pem`, cert: null, key: null }
  const { cause } = await sendOnce(receiver.url, { tls: late })
  folder.write('late.pem', authority.cert)
  const { outcome } = await sendOnce(receiver.url, { tls: late })
  await receiver.close()
  assert.equal([cause, outcome.kind], ['configuration', 'delivered'])
})

async function clientsOf(receiver: Secure, transport: Transport): Promise<string | undefined> {
  await send(transport)
  return receiver.clients.at(-1)
}

tls('files that were replaced are used at once by an endpoint set again', async ({ authority, folder, tls }) => {
  const before = await makeCertificate({ commonName: 'before' })
  const after = await makeCertificate({ commonName: 'after' })
  const receiver = await secureServer(authority, { cert: `${before.cert}\n${after.cert}`, key: '' })
  const cert = folder.write('set.pem', before.cert)
  const key = folder.write('set-key.pem', before.key)
  const transports = httpTransports()
  const endpoint = httpEndpoint(receiver.url, { tls: { ca: tls.ca, cert, key } })
  const first = await clientsOf(receiver, transports.open(testApp, endpoint))
  folder.write('set.pem', after.cert)
  folder.write('set-key.pem', after.key)
  const second = await clientsOf(receiver, transports.open(testApp, endpoint))
  await transports.close()
  await receiver.close()
  assert.equal([first, second, receiver.connections()], ['before', 'after', 2])
})

tls('files that were replaced are used by an endpoint that is in use', async ({ authority, folder, tls }) => {
  const before = await makeCertificate({ commonName: 'before' })
  const after = await makeCertificate({ commonName: 'after' })
  const receiver = await secureServer(authority, { cert: `${before.cert}\n${after.cert}`, key: '' })
  const cert = folder.write('used.pem', before.cert)
  const key = folder.write('used-key.pem', before.key)
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(receiver.url, { tls: { ca: tls.ca, cert, key } }))
  const first = await clientsOf(receiver, transport)
  folder.write('used.pem', after.cert)
  folder.write('used-key.pem', after.key)
  while ((await clientsOf(receiver, transport)) !== 'after') await new Promise(setImmediate)
  const connections = receiver.connections()
  await transports.close()
  await receiver.close()
  assert.equal([first, connections], ['before', 2])
})

for (const [what, give] of [
  ['PEM text', (key: string) => key],
  ['PEM text in one line', (key: string) => key.replaceAll('\n', '\\n')],
  ['base64', (key: string) => key.replace(/-----.*-----|\s/g, '')],
] as const) {
  tls(`a key that is given as ${what} is a mistake of the configuration, and is not shown`, async (context) => {
    const { key } = context.authority
    const cert = context.folder.write('shown.pem', context.authority.cert)
    const { outcome, cause, message } = await sendOnce('https://127.0.0.1:9/', {
      tls: { ca: null, cert, key: give(key) },
    })
    const secret = give(key).slice(40, 60)
    assert.equal(
      [outcome.kind, cause, message.startsWith('tls.key of the webhook is not the path'), message.includes(secret)],
      ['rejected', 'configuration', true, false],
    )
  })
}

tls.run()
