import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createEgressGuard } from '../../src/transport/egress.js'
import { makeCertificate } from '../support/certificate.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { sendOnce } from './support/sending.js'
import { type Listening, listen, rawServer, recorder } from './support/servers.js'

const proxied = suite('through a proxy')

interface Proxy extends Listening {
  /** What was asked for: authority and credentials. */
  readonly asked: [string | undefined, string | undefined][]
}

/** An HTTP proxy that tunnels; every name leads to loopback. */
async function tunnelling(status = 200): Promise<Proxy> {
  const asked: [string | undefined, string | undefined][] = []
  const server = createServer()
  server.on('connect', (request, client: Socket) => {
    asked.push([request.url, request.headers['proxy-authorization']])
    client.on('error', () => client.destroy())
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\n\r\n`)
      return
    }
    const upstream = connect(Number(request.url?.split(':').pop()), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      client.pipe(upstream).pipe(client)
    })
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
  })
  return { ...(await listen(server)), asked }
}

proxied('a delivery arrives', async () => {
  const receiver = await recorder()
  const proxy = await tunnelling()
  const { outcome } = await sendOnce(receiver.url, { proxy: proxy.url })
  await receiver.close()
  await proxy.close()
  assert.equal([outcome.kind, proxy.asked], ['delivered', [[`127.0.0.1:${receiver.port}`, undefined]]])
})

proxied('a delivery over TLS arrives, checked from end to end', async () => {
  const certificate = await makeCertificate()
  const folder = temporaryFolder()
  const receiver = await listen(createSecureServer(certificate, (_request, response) => response.end()))
  const proxy = await tunnelling()
  const tls = { ca: folder.write('ca.pem', certificate.cert), cert: null, key: null }
  const url = receiver.url.replace('http:', 'https:')
  const trusted = await sendOnce(url, { proxy: proxy.url, tls })
  const untrusted = await sendOnce(url, { proxy: proxy.url })
  await receiver.close()
  await proxy.close()
  folder.remove()
  assert.equal([trusted.cause, untrusted.cause], [null, 'tls'])
})

proxied('names are left to the proxy to resolve', async () => {
  const receiver = await recorder()
  const proxy = await tunnelling()
  const { outcome } = await sendOnce(`http://only-the-proxy-knows.invalid:${receiver.port}/`, { proxy: proxy.url })
  await receiver.close()
  await proxy.close()
  assert.is(outcome.kind, 'delivered')
})

proxied('user name and password of its URL are given to the proxy alone', async () => {
  const receiver = await recorder()
  const proxy = await tunnelling()
  await sendOnce(receiver.url, { proxy: proxy.url.replace('//', '//user:p%40ss@') })
  await receiver.close()
  await proxy.close()
  const given = `Basic ${Buffer.from('user:p@ss').toString('base64')}`
  const passedOn = receiver.received[0]?.request.headers['proxy-authorization']
  assert.equal([proxy.asked[0]?.[1], passedOn], [given, undefined])
})

proxied('a proxy that refuses is named, without its password', async () => {
  const proxy = await tunnelling(407)
  const { outcome, cause, message } = await sendOnce('http://127.0.0.1:9/', {
    proxy: proxy.url.replace('//', '//user:hidden@'),
  })
  await proxy.close()
  assert.equal(
    [outcome.kind, cause, message],
    ['retry', 'connect', `proxy 127.0.0.1:${proxy.port} answered 407 to CONNECT 127.0.0.1:9`],
  )
})

proxied('a proxy that is not there is tried again', async () => {
  const proxy = await tunnelling()
  await proxy.close()
  const { outcome, cause } = await sendOnce('http://127.0.0.1:9/', { proxy: proxy.url })
  assert.equal([outcome.kind, cause], ['retry', 'connect'])
})

proxied('a proxy that never answers runs into the timeout', async () => {
  const proxy = await rawServer((socket) => socket.resume())
  const { outcome, cause } = await sendOnce('http://127.0.0.1:9/', { proxy: proxy.url, requestTimeoutMs: 50 })
  await proxy.close()
  assert.equal([outcome.kind, cause], ['retry', 'timeout'])
})

proxied('a refused literal is refused all the same, and the proxy is trusted', async () => {
  const receiver = await recorder()
  const proxy = await tunnelling()
  const egress = createEgressGuard({ policy: 'public-only', allow: [] })
  const literal = await sendOnce(receiver.url, { proxy: proxy.url }, {}, { egress })
  const name = await sendOnce(`http://name.test:${receiver.port}/`, { proxy: proxy.url }, {}, { egress })
  await receiver.close()
  await proxy.close()
  assert.equal([literal.cause, name.cause, proxy.asked.length], ['egress-refused', null, 1])
})

proxied('a proxy that is no URL is a mistake of the configuration', async () => {
  const { outcome, cause } = await sendOnce('http://127.0.0.1:9/', { proxy: 'not a url' })
  assert.equal([outcome.kind, cause], ['rejected', 'configuration'])
})

proxied.run()
