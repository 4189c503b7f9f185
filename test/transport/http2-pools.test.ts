import { constants, createSecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { createServer as createTlsServer } from 'node:tls'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Certificate, makeCertificate } from '../../scripts/certificate.js'
import { type TemporaryFolder, temporaryFolder } from '../../scripts/temporary-folder.js'
import type { EndpointConfig } from '../../src/config/model.js'
import { Connector } from '../../src/transport/connector.js'
import { createEgressGuard } from '../../src/transport/egress.js'
import { MAX_HTTP2_CONNECTIONS, MAX_REFUSED_STREAMS } from '../../src/transport/http-limits.js'
import { Http2Pool } from '../../src/transport/http2-pool.js'
import { RequestTemplate } from '../../src/transport/request-template.js'
import { RequestTimer } from '../../src/transport/request-timer.js'
import { TlsContexts } from '../../src/transport/tls.js'
import type { Outcome } from '../../src/transport/transport.js'
import { createExchange } from '../../src/transport/undici-exchange.js'
import { httpEndpoint, testApp } from './support/endpoint.js'
import { describe, httpTransports, OPEN_EGRESS, send, sharedBody } from './support/sending.js'
import { type Listening, listen } from './support/servers.js'

interface Context {
  certificate: Certificate
  folder: TemporaryFolder
  overrides: Pick<EndpointConfig, 'http2' | 'tls'>
}

const pools = suite<Context>('HTTP/2 connections')

pools.before(async (context) => {
  context.certificate = await makeCertificate()
  context.folder = temporaryFolder()
  const ca = context.folder.write('ca.pem', context.certificate.cert)
  context.overrides = { http2: true, tls: { ca, cert: null, key: null } }
})

pools.after((context) => context.folder.remove())

/** @param serve is given each stream, and whether it belongs to the first connection */
async function server(
  certificate: Certificate,
  serve: (stream: ServerHttp2Stream, isFirst: boolean) => void,
  maxConcurrentStreams = 100,
): Promise<Listening & { readonly sessions: ServerHttp2Session[] }> {
  const sessions: ServerHttp2Session[] = []
  const secure = createSecureServer({ ...certificate, settings: { maxConcurrentStreams } })
  secure.on('session', (session) => {
    session.on('error', () => undefined)
    sessions.push(session)
  })
  secure.on('stream', (stream) => {
    stream.on('error', () => undefined)
    const isFirst = stream.session === sessions[0]
    stream.resume().on('end', () => {
      if (!stream.destroyed) serve(stream, isFirst)
    })
  })
  const listening = await listen(secure)
  return { ...listening, url: listening.url.replace('http:', 'https:'), sessions }
}

function acknowledge(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200 }, { endStream: true })
}

function kindsOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(({ kind }) => kind)
}

pools('of apps with the same origin are not shared', async ({ certificate, overrides }) => {
  const receiver = await server(certificate, acknowledge)
  const transports = httpTransports()
  for (const id of ['one', 'other', 'one']) {
    await send(transports.open({ ...testApp, id }, httpEndpoint(receiver.url, overrides)))
  }
  await transports.close()
  await receiver.close()
  assert.is(receiver.connections(), 2)
})

pools('that one app has spoilt are not those of another', async ({ certificate, overrides }) => {
  const receiver = await server(certificate, (stream, isFirst) => {
    if (isFirst) stream.session?.destroy()
    else acknowledge(stream)
  })
  const transports = httpTransports()
  const spoilt = send(transports.open({ ...testApp, id: 'guilty' }, httpEndpoint(receiver.url, overrides)))
  const innocent = transports.open({ ...testApp, id: 'innocent' }, httpEndpoint(receiver.url, overrides))
  while (receiver.sessions.length === 0) await new Promise(setImmediate)
  const kinds = kindsOf(await Promise.all(Array.from({ length: 10 }, () => send(innocent))))
  await spoilt
  await transports.close()
  await receiver.close()
  assert.equal(kinds, Array(10).fill('delivered'))
})

pools('are bounded when the receiver takes no second request on any', async ({ certificate, overrides }) => {
  const receiver = await server(
    certificate,
    (stream) => {
      stream.session?.settings({ maxConcurrentStreams: 0 })
      acknowledge(stream)
    },
    1,
  )
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(receiver.url, { ...overrides, requestTimeoutMs: 1000 }))
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => send(transport)))
  const timeouts = outcomes.filter((outcome) => describe(outcome).cause === 'timeout').length
  await transports.close()
  await receiver.close()
  assert.equal([receiver.connections() <= MAX_HTTP2_CONNECTIONS, timeouts >= 40 - MAX_HTTP2_CONNECTIONS], [true, true])
})

pools('that take one request at a time are waited for', async ({ certificate, overrides }) => {
  const receiver = await server(certificate, (stream) => setImmediate(acknowledge, stream), 1)
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(receiver.url, overrides))
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => send(transport)))
  await transports.close()
  await receiver.close()
  assert.equal(
    [kindsOf(outcomes), receiver.connections() <= MAX_HTTP2_CONNECTIONS],
    [Array(40).fill('delivered'), true],
  )
})

pools('that take no request yet are waited for', async ({ certificate, overrides }) => {
  const receiver = await server(certificate, acknowledge, 0)
  const transports = httpTransports()
  const outcome = send(transports.open(testApp, httpEndpoint(receiver.url, overrides)))
  while (receiver.sessions.length === 0) await new Promise(setImmediate)
  receiver.sessions[0]?.settings({ maxConcurrentStreams: 10 })
  const { kind } = await outcome
  await transports.close()
  await receiver.close()
  assert.is(kind, 'delivered')
})

for (const [name, code, refusals] of [
  ['REFUSED_STREAM', constants.NGHTTP2_REFUSED_STREAM, MAX_REFUSED_STREAMS],
  ['INTERNAL_ERROR', constants.NGHTTP2_INTERNAL_ERROR, MAX_REFUSED_STREAMS],
  ['ENHANCE_YOUR_CALM', constants.NGHTTP2_ENHANCE_YOUR_CALM, 1],
] as const) {
  pools(`on which every stream ends with ${name} are replaced`, async ({ certificate, overrides }) => {
    const receiver = await server(certificate, (stream, isFirst) => {
      if (isFirst) stream.close(code)
      else acknowledge(stream)
    })
    const transports = httpTransports()
    const transport = transports.open(testApp, httpEndpoint(receiver.url, overrides))
    const outcomes: Outcome[] = []
    while (outcomes.at(-1)?.kind !== 'delivered') outcomes.push(await send(transport))
    await transports.close()
    await receiver.close()
    assert.equal([outcomes.length, receiver.connections()], [refusals + 1, 2])
  })
}

pools('on which some streams are refused stay in use', async ({ certificate, overrides }) => {
  let streams = 0
  const receiver = await server(certificate, (stream) => {
    streams += 1
    if (streams % 3 === 0) acknowledge(stream)
    else stream.close(constants.NGHTTP2_REFUSED_STREAM)
  })
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(receiver.url, overrides))
  for (let sent = 0; sent < 12; sent++) await send(transport)
  await transports.close()
  await receiver.close()
  assert.is(receiver.connections(), 1)
})

pools('that end before they take a request fail what waits for them', async ({ certificate, overrides }) => {
  const receiver = await listen(
    createTlsServer({ ...certificate, ALPNProtocols: ['h2'] }, (socket) => {
      socket.on('error', () => undefined)
      socket.end()
    }),
  )
  const transports = httpTransports()
  const url = receiver.url.replace('http:', 'https:')
  const { cause } = describe(await send(transports.open(testApp, httpEndpoint(url, overrides))))
  await transports.close()
  await receiver.close()
  assert.is(cause, 'reset')
})

pools('are replaced after a pause, which outlives the last of them', async ({ certificate, overrides }) => {
  const receiver = await server(certificate, (stream) => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM))
  const url = new URL(receiver.url)
  const connector = new Connector({
    peer: { host: url.hostname, port: receiver.port, where: url.host },
    guard: createEgressGuard(OPEN_EGRESS),
    secureContext: new TlsContexts().get(overrides.tls, 0).current(0).context,
    proxy: null,
    localAddress: null,
  })
  let connections = 0
  let emptied = 0
  const pool = new Http2Pool(
    url.origin,
    {
      connect: (...args) => {
        connections += 1
        return connector.connect(...args)
      },
    },
    () => {
      emptied += 1
    },
  )
  const template = new RequestTemplate(url, { kind: 'http', url: url.href, headers: {} }, 'test', null)
  const timer = new RequestTimer(10_000)
  const run = (done: (outcome: Outcome) => void) => {
    const exchange = createExchange(url.host, timer, Date.now, done)
    pool.run(exchange, template, { id: 'x', body: sharedBody('{}'), headers: [] })
    exchange.started()
  }
  const seen = await new Promise<number[]>((resolve) => {
    run(() => {
      // The connection is gone by the next turn.
      setImmediate(() => {
        run(() => resolve([before, connections, emptied]))
        const before = connections
      })
    })
  })
  pool.destroy()
  await receiver.close()
  assert.equal(seen, [1, 2, 0])
})

pools.run()
