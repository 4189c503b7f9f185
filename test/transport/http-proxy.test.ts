import type { LookupAddress } from 'node:dns'
import { createServer as createSecureServer } from 'node:https'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeCertificate } from '../../scripts/certificate.js'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import type { EgressConfig } from '../../src/config/model.js'
import { NameError } from '../../src/names/name-error.js'
import type { NameLookup } from '../../src/names/names.js'
import { createEgressGuard } from '../../src/transport/egress.js'
import { httpEndpoint, testApp } from './support/endpoint.js'
import { startProxy } from './support/proxy.js'
import { httpTransports, OPEN_EGRESS, type Sent, send, sendOnce } from './support/sending.js'
import { listen, rawServer, recorder } from './support/servers.js'

const proxied = suite('through a proxy')

proxied('plain HTTP is sent to the proxy, with its whole URL and without a tunnel', async () => {
  const receiver = await recorder()
  const proxy = await startProxy()
  const { outcome } = await sendOnce(`${receiver.url}hook?a=b`, { proxy: proxy.url })
  await receiver.close()
  await proxy.close()
  const { host } = receiver.received[0]?.request.headers ?? {}
  assert.equal(
    [outcome.kind, proxy.asked, host],
    ['delivered', [[`POST ${receiver.url}hook?a=b`, undefined]], `127.0.0.1:${receiver.port}`],
  )
})

proxied('each plain request has a connection of its own, which proxies may close at any time', async () => {
  const receiver = await recorder()
  const proxy = await startProxy()
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(receiver.url, { proxy: proxy.url }))
  const outcomes = [await send(transport), await send(transport), await send(transport)]
  await transports.close()
  await receiver.close()
  await proxy.close()
  assert.equal([new Set(outcomes.map(({ kind }) => kind)), proxy.connections()], [new Set(['delivered']), 3])
})

proxied('TLS goes through a tunnel, checked from end to end', async () => {
  const certificate = await makeCertificate()
  const folder = temporaryFolder()
  const receiver = await listen(createSecureServer(certificate, (_request, response) => response.end()))
  const proxy = await startProxy({}, receiver.port)
  const tls = { ca: folder.write('ca.pem', certificate.cert), cert: null, key: null }
  const url = receiver.url.replace('http:', 'https:')
  const trusted = await sendOnce(url, { proxy: proxy.url, tls })
  const untrusted = await sendOnce(url, { proxy: proxy.url })
  await receiver.close()
  await proxy.close()
  folder.remove()
  assert.equal(
    [trusted.cause, untrusted.cause, proxy.asked[0]?.[0]],
    [null, 'tls', `CONNECT 127.0.0.1:${receiver.port}`],
  )
})

proxied('whose certificate nobody vouches for nothing is sent', async () => {
  const receiver = await recorder()
  const proxy = await startProxy({ secure: await makeCertificate() })
  const { cause, message } = await sendOnce(receiver.url, { proxy: proxy.url })
  await receiver.close()
  await proxy.close()
  assert.equal([cause, proxy.asked], ['tls', []])
  assert.match(message, `no TLS connection with proxy 127.0.0.1:${proxy.port}`)
})

proxied('user name and password of its URL are given to the proxy alone', async () => {
  const receiver = await recorder()
  const proxy = await startProxy()
  await sendOnce(receiver.url, { proxy: proxy.url.replace('//', '//user:p%40ss@') })
  await receiver.close()
  await proxy.close()
  const given = `Basic ${Buffer.from('user:p@ss').toString('base64')}`
  const passedOn = receiver.received[0]?.request.headers['proxy-authorization']
  assert.equal([proxy.asked[0]?.[1], passedOn], [given, undefined])
})

proxied('the credentials go with CONNECT where there is a tunnel', async () => {
  const proxy = await startProxy({ status: 502 })
  await sendOnce('https://127.0.0.1:9/', { proxy: proxy.url.replace('//', '//user:p%40ss@') })
  await proxy.close()
  assert.equal(proxy.asked, [['CONNECT 127.0.0.1:9', `Basic ${Buffer.from('user:p@ss').toString('base64')}`]])
})

proxied('a proxy that refuses is named, without its password', async () => {
  const proxy = await startProxy({ status: 407 })
  const { outcome, cause, message } = await sendOnce('https://127.0.0.1:9/', {
    proxy: proxy.url.replace('//', '//user:hidden@'),
  })
  await proxy.close()
  assert.equal(
    [outcome.kind, cause, message],
    ['retry', 'connect', `proxy 127.0.0.1:${proxy.port} answered 407 to CONNECT 127.0.0.1:9`],
  )
})

proxied('plain HTTP that a proxy refuses for its credentials is tried again', async () => {
  const proxy = await startProxy({ status: 407 })
  const { outcome } = await sendOnce('http://127.0.0.1:9/', { proxy: proxy.url })
  await proxy.close()
  assert.is(outcome.kind, 'retry')
})

proxied('a proxy that is not there is tried again, and named', async () => {
  const proxy = await startProxy()
  await proxy.close()
  const { outcome, cause, message } = await sendOnce('http://127.0.0.1:9/', { proxy: proxy.url })
  assert.equal(
    [outcome.kind, cause, message],
    ['retry', 'connect', `proxy 127.0.0.1:${proxy.port} refuses connections (ECONNREFUSED)`],
  )
})

for (const url of ['http://127.0.0.1:9/', 'https://127.0.0.1:9/']) {
  proxied(`a proxy that never answers runs into the timeout: ${url}`, async () => {
    const proxy = await rawServer((socket) => socket.resume())
    const { outcome, cause } = await sendOnce(url, { proxy: proxy.url, requestTimeoutMs: 50 })
    await proxy.close()
    assert.equal([outcome.kind, cause], ['retry', 'timeout'])
  })
}

proxied('a proxy that hangs up is tried again', async () => {
  const proxy = await rawServer((socket) => socket.destroy())
  const { outcome } = await sendOnce('https://127.0.0.1:9/', { proxy: proxy.url })
  await proxy.close()
  assert.is(outcome.kind, 'retry')
})

proxied('a proxy that is no URL is a mistake of the configuration', async () => {
  const { outcome, cause } = await sendOnce('http://127.0.0.1:9/', { proxy: 'not a url' })
  assert.equal([outcome.kind, cause], ['rejected', 'configuration'])
})

const guarded = suite('through a proxy, the egress guard')

/** The proxy's network. */
const ALLOWED = ['127.0.0.1/32']

/** Leads names where the test says; others have no address. */
function leading(addresses: Record<string, string>, isAbsent = true): NameLookup {
  return (name, _options, callback) => {
    const address = addresses[name]
    if (address === undefined) callback(new NameError(name, isAbsent, 'TEST'), '', 0)
    else callback(null, [{ address, family: 4 } satisfies LookupAddress])
    return () => undefined
  }
}

/** Sends through a proxy on 127.0.0.1, to a port where a receiver listens on 127.0.0.1. */
async function deliver(config: EgressConfig, lookup: NameLookup, host: string): Promise<Sent & { asked: number }> {
  const receiver = await recorder()
  const proxy = await startProxy()
  const egress = createEgressGuard(config, lookup)
  const sent = await sendOnce(`http://${host}:${receiver.port}/`, { proxy: proxy.url }, {}, { egress })
  await receiver.close()
  await proxy.close()
  return { ...sent, asked: proxy.asked.length }
}

const PUBLIC_ONLY: EgressConfig = { policy: 'public-only', allow: ALLOWED }

guarded('lets names out that lead to public addresses', async () => {
  const { cause, asked } = await deliver(PUBLIC_ONLY, leading({ 'hook.test': '8.8.8.8' }), 'hook.test')
  assert.equal([cause, asked], [null, 1])
})

guarded('refuses names that lead inside, before the proxy is asked', async () => {
  const { outcome, cause, message, asked } = await deliver(
    PUBLIC_ONLY,
    leading({ 'hook.test': '10.0.0.7' }),
    'hook.test',
  )
  assert.equal([outcome.kind, cause, asked], ['rejected', 'egress-refused', 0])
  assert.match(message, 'hook.test resolves to 10.0.0.7 (private), which is refused by the egress policy public-only')
})

guarded('refuses literals', async () => {
  const { cause, asked } = await deliver(PUBLIC_ONLY, leading({}), '10.0.0.7')
  assert.equal([cause, asked], ['egress-refused', 0])
})

guarded('refuses names that have no address here when only public ones may be sent to', async () => {
  const { outcome, cause, message, asked } = await deliver(PUBLIC_ONLY, leading({}), 'only-the-proxy-knows.test')
  assert.equal([outcome.kind, cause, asked], ['rejected', 'egress-refused', 0])
  assert.match(
    message,
    'only-the-proxy-knows.test (without an address here) is refused by the egress policy public-only',
  )
})

guarded('waits for names that cannot be resolved now when only public ones may be sent to', async () => {
  const { outcome, cause, asked } = await deliver(PUBLIC_ONLY, leading({}, false), 'hook.test')
  assert.equal([outcome.kind, cause, asked], ['retry', 'connect', 0])
})

for (const isAbsent of [true, false]) {
  guarded(`leaves names to the proxy that it alone ${isAbsent ? 'knows' : 'can resolve now'}`, async () => {
    const { cause, asked } = await deliver(OPEN_EGRESS, leading({}, isAbsent), 'only-the-proxy-knows.test')
    assert.equal([cause, asked], [null, 1])
  })
}

guarded('refuses names that lead to metadata here', async () => {
  const { cause, asked } = await deliver(OPEN_EGRESS, leading({ 'hook.test': '169.254.169.254' }), 'hook.test')
  assert.equal([cause, asked], ['egress-refused', 0])
})

for (const name of [
  'metadata.google.internal',
  'METADATA.google.internal.',
  'instance-data.ec2.internal',
  'metadata',
]) {
  guarded(`refuses the name ${name}, wherever it leads here`, async () => {
    const found = [leading({}), leading({ [name.toLowerCase()]: '8.8.8.8' })]
    const sent = await Promise.all(found.map((lookup) => deliver(OPEN_EGRESS, lookup, name)))
    assert.equal(
      sent.map(({ cause, asked }) => [cause, asked]),
      [
        ['egress-refused', 0],
        ['egress-refused', 0],
      ],
    )
  })
}

guarded('refuses a proxy at an address that may not be sent to', async () => {
  const config: EgressConfig = { policy: 'public-only', allow: [] }
  const { outcome, cause, message, asked } = await deliver(config, leading({ 'hook.test': '8.8.8.8' }), 'hook.test')
  assert.equal([outcome.kind, cause, asked], ['rejected', 'egress-refused', 0])
  assert.match(message, 'proxy 127.0.0.1 (loopback) is refused by the egress policy public-only')
})

guarded('refuses a proxy whose name leads to such an address', async () => {
  const egress = createEgressGuard(OPEN_EGRESS, leading({ 'hook.test': '8.8.8.8', 'proxy.test': '169.254.169.254' }))
  const { cause } = await sendOnce('http://hook.test/', { proxy: 'http://proxy.test:3128' }, {}, { egress })
  assert.is(cause, 'egress-refused')
})

guarded('gives up with the request', async () => {
  const proxy = await startProxy()
  let cancelled = 0
  const egress = createEgressGuard(OPEN_EGRESS, () => () => {
    cancelled += 1
  })
  const { cause } = await sendOnce('http://hook.test/', { proxy: proxy.url, requestTimeoutMs: 20 }, {}, { egress })
  await proxy.close()
  assert.equal([cause, cancelled], ['timeout', 1])
})

proxied.run()
guarded.run()
