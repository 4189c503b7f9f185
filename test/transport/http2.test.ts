import { once } from 'node:events'
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Certificate, makeCertificate } from '../../scripts/certificate.js'
import { type TemporaryFolder, temporaryFolder } from '../../scripts/temporary-folder.js'
import type { EndpointConfig } from '../../src/config/model.js'
import type { Transport } from '../../src/transport/transport.js'
import { httpEndpoint, testApp } from './support/endpoint.js'
import { describe, httpTransports, send, sharedBody } from './support/sending.js'
import { type Listening, listen, recorder } from './support/servers.js'

interface Context {
  certificate: Certificate
  folder: TemporaryFolder
  overrides: Partial<EndpointConfig>
}

const http2 = suite<Context>('with HTTP/2')

http2.before(async (context) => {
  context.certificate = await makeCertificate()
  context.folder = temporaryFolder()
  const ca = context.folder.write('ca.pem', context.certificate.cert)
  context.overrides = { http2: true, tls: { ca, cert: null, key: null } }
})

http2.after((context) => context.folder.remove())

interface Http2Server extends Listening {
  readonly sessions: ServerHttp2Session[]
}

async function http2Server(
  certificate: Certificate,
  serve: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Promise<Http2Server> {
  const sessions: ServerHttp2Session[] = []
  const server = createSecureServer({ ...certificate, allowHTTP1: true }, serve)
  server.on('session', (session) => sessions.push(session))
  return { ...(await listen(server)), sessions }
}

async function streamServer(certificate: Certificate, serve: (stream: ServerHttp2Stream) => void): Promise<Listening> {
  const server = createSecureServer(certificate)
  server.on('stream', (stream) => {
    stream.on('error', () => stream.destroy())
    serve(stream)
  })
  return listen(server)
}

/** Opens an endpoint of the receiver for the length of `use`. */
async function using<T>(
  receiver: Listening,
  overrides: Partial<EndpointConfig>,
  use: (transport: Transport) => Promise<T>,
  headers: Record<string, string> = {},
): Promise<T> {
  const transports = httpTransports()
  const url = receiver.url.replace('http:', 'https:')
  const result = await use(transports.open(testApp, httpEndpoint(`${url}hook?x=1`, overrides, headers)))
  await transports.close()
  await receiver.close()
  return result
}

function overwrittenOnceDone(transport: Transport, body: Buffer): Promise<void> {
  return new Promise((resolve) => {
    transport.send({ id: 'x', body, headers: [] }, () => {
      body.fill('b')
      resolve()
    })
  })
}

http2('a delivery has the same method, path, headers and body', async ({ certificate, overrides }) => {
  const seen: unknown[] = []
  const receiver = await http2Server(certificate, (request, response) => {
    const { headers } = request
    const names = ['content-type', 'content-length', 'user-agent', 'webhook-id', 'x-pusher-key', 'x-own']
    const body: Buffer[] = []
    request.on('data', (chunk: Buffer) => body.push(chunk))
    request.on('end', () => {
      const { httpVersion, method, url } = request
      seen.push(httpVersion, method, url, Buffer.concat(body).toString(), ...names.map((name) => headers[name]))
      response.end('ok')
    })
  })
  const delivery = { id: 'msg_1', body: sharedBody('{"a":"é"}'), headers: ['X-Pusher-Key', 'k'] }
  await using(receiver, overrides, (transport) => send(transport, delivery), { 'X-Own': 'mine' })
  const headers = ['application/json', '10', 'Signpost/test', 'msg_1', 'k', 'mine']
  assert.equal(seen, ['2.0', 'POST', '/hook?x=1', '{"a":"é"}', ...headers])
})

http2('deliveries made at once share one connection', async ({ certificate, overrides }) => {
  const waiting: (() => void)[] = []
  const receiver = await http2Server(certificate, (request, response) => {
    request.resume()
    waiting.push(() => response.end())
    if (waiting.length === 20) for (const answer of waiting) answer()
  })
  const outcomes = await using(receiver, overrides, (transport) =>
    Promise.all(Array.from({ length: 20 }, () => send(transport))),
  )
  const delivered = outcomes.filter(({ kind }) => kind === 'delivered').length
  assert.equal([delivered, receiver.connections()], [20, 1])
})

http2('more deliveries than a connection takes get another', async ({ certificate, overrides }) => {
  const waiting: (() => void)[] = []
  const receiver = await http2Server(certificate, (request, response) => {
    request.resume()
    waiting.push(() => response.end())
    if (waiting.length === 150) for (const answer of waiting) answer()
  })
  const outcomes = await using(receiver, overrides, (transport) =>
    Promise.all(Array.from({ length: 150 }, () => send(transport))),
  )
  const delivered = outcomes.filter(({ kind }) => kind === 'delivered').length
  assert.equal([delivered, receiver.connections()], [150, 2])
})

http2('a receiver that has only HTTP/1.1 is delivered to', async ({ certificate, overrides }) => {
  const versions: string[] = []
  const server = createHttpsServer({ ...certificate, ALPNProtocols: ['http/1.1'] }, (request, response) => {
    versions.push(request.httpVersion)
    request.resume()
    response.end()
  })
  const receiver = await listen(server)
  const outcomes = await using(receiver, overrides, async (transport) => [
    ...(await Promise.all([send(transport), send(transport)])),
    await send(transport),
  ])
  assert.equal([outcomes.map(({ kind }) => kind), versions], [Array(3).fill('delivered'), ['1.1', '1.1', '1.1']])
})

http2('a receiver without TLS is delivered to over HTTP/1.1', async ({ overrides }) => {
  const receiver = await recorder()
  const transports = httpTransports()
  await send(transports.open(testApp, httpEndpoint(receiver.url, overrides)))
  await transports.close()
  await receiver.close()
  assert.is(receiver.received[0]?.request.httpVersion, '1.1')
})

http2('interim answers are passed over', async ({ certificate, overrides }) => {
  const receiver = await streamServer(certificate, (stream) => {
    for (const status of [100, 103, 100]) stream.additionalHeaders({ ':status': status })
    stream.resume().on('end', () => stream.respond({ ':status': 204 }, { endStream: true }))
  })
  assert.equal(await using(receiver, overrides, send), { kind: 'delivered', status: 204 })
})

http2('statuses and waits mean the same', async ({ certificate, overrides }) => {
  const receiver = await http2Server(certificate, (request, response) => {
    request.resume()
    response.writeHead(429, { 'retry-after': '3' }).end()
  })
  const outcome = await using(receiver, overrides, send)
  assert.is(outcome.kind === 'retry' && outcome.retryAfterMs, 3000)
})

http2('an exchange without an answer runs into the timeout, and the next takes another connection', async (context) => {
  let requests = 0
  const receiver = await http2Server(context.certificate, (request, response) => {
    request.resume()
    requests += 1
    if (requests > 1) response.end()
  })
  const [first, second] = await using(
    receiver,
    { ...context.overrides, requestTimeoutMs: 300 },
    async (transport) => [await send(transport), await send(transport)] as const,
  )
  assert.equal([describe(first).cause, second.kind, receiver.connections()], ['timeout', 'delivered', 2])
})

http2('an exchange that the receiver resets is tried again', async ({ certificate, overrides }) => {
  const receiver = await streamServer(certificate, (stream) => stream.close(8))
  const outcome = await using(receiver, overrides, send)
  assert.equal([outcome.kind, describe(outcome).cause], ['retry', 'reset'])
})

http2('a receiver that goes away is reached again over another connection', async ({ certificate, overrides }) => {
  const receiver = await http2Server(certificate, (request, response) => {
    request.resume()
    response.end()
  })
  const outcomes = await using(receiver, overrides, async (transport) => {
    const first = await send(transport)
    const session = receiver.sessions[0]
    if (session === undefined) throw new Error('no session')
    session.close()
    await once(session, 'close')
    await new Promise(setImmediate)
    return [first, await send(transport)]
  })
  assert.equal([outcomes.map(({ kind }) => kind), receiver.connections()], [['delivered', 'delivered'], 2])
})

http2(
  'deliveries under way when the receiver cuts the connection are tried again',
  async ({ certificate, overrides }) => {
    let requests = 0
    const receiver = await http2Server(certificate, (request) => {
      requests += 1
      if (requests === 10) request.stream.session?.destroy()
    })
    const outcomes = await using(receiver, overrides, (transport) =>
      Promise.all(Array.from({ length: 10 }, () => send(transport))),
    )
    assert.equal(
      outcomes.map(({ kind }) => kind),
      Array(10).fill('retry'),
    )
  },
)

http2('a body without end costs no delivery that was acknowledged', async ({ certificate, overrides }) => {
  const receiver = await streamServer(certificate, (stream) => {
    stream.respond({ ':status': 200 })
    const more = () => {
      while (!stream.destroyed && stream.write('x'.repeat(16 * 1024)));
    }
    stream.on('drain', more)
    more()
  })
  assert.is((await using(receiver, overrides, send)).kind, 'delivered')
})

http2(
  'a header that HTTP/2 does not let through is a mistake of the configuration',
  async ({ certificate, overrides }) => {
    const receiver = await http2Server(certificate, (_request, response) => response.end())
    const outcome = await using(receiver, overrides, send, { connection: 'close' })
    assert.equal([outcome.kind, describe(outcome).cause], ['rejected', 'configuration'])
  },
)

http2('a receiver that refuses connections is tried again', async ({ certificate, overrides }) => {
  const receiver = await http2Server(certificate, () => undefined)
  await receiver.close()
  const transports = httpTransports()
  const url = receiver.url.replace('http:', 'https:')
  const transport = transports.open(testApp, httpEndpoint(url, overrides))
  const outcomes = await Promise.all([send(transport), send(transport)])
  await transports.close()
  assert.equal(
    outcomes.map((outcome) => describe(outcome).cause),
    ['connect', 'connect'],
  )
})

http2('what is under way fails when the transports close', async ({ certificate, overrides }) => {
  let arrived: () => void = () => undefined
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const receiver = await http2Server(certificate, () => arrived())
  const transports = httpTransports()
  const url = receiver.url.replace('http:', 'https:')
  const outcome = send(transports.open(testApp, httpEndpoint(url, overrides)))
  await arrival
  await transports.close()
  await receiver.close()
  assert.is((await outcome).kind, 'retry')
})

for (const when of ['at once', 'later'] as const) {
  http2(
    `a body that is overwritten once done is called is not seen by a receiver that reads ${when}`,
    async (context) => {
      let foreign = 0
      let bytes = 0
      let read: () => Promise<void> = async () => undefined
      const receiver = await streamServer(context.certificate, (stream) => {
        const closed = once(stream, 'close')
        read = async () => {
          stream.on('data', (chunk: Buffer) => {
            bytes += chunk.length
            if (chunk.includes('b')) foreign += 1
          })
          await closed
        }
        stream.respond({ ':status': 200 }, { endStream: true })
        if (when === 'at once') void read()
      })
      const body = sharedBody({ size: 8 << 20, fill: 'a' })
      await using(receiver, context.overrides, async (transport) => {
        await overwrittenOnceDone(transport, body)
        await read()
      })
      assert.equal([foreign, bytes < body.length], [0, true])
    },
  )
}

http2.run()
