import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Certificate, makeCertificate } from '../../scripts/certificate.js'
import { type TemporaryFolder, temporaryFolder } from '../../scripts/temporary-folder.js'
import type { EndpointConfig } from '../../src/config/model.js'
import { httpEndpoint, testApp } from './support/endpoint.js'
import { httpTransports, sharedBody } from './support/sending.js'
import { type Listening, listen } from './support/servers.js'

interface Context {
  certificate: Certificate
  folder: TemporaryFolder
  ca: string
}

const promise = suite<Context>('a body that is overwritten once done is called')

const SIZE = 8 << 20
const OURS = 'a'
const THEIRS = 'b'
const ACKNOWLEDGE = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'

promise.before(async (context) => {
  context.certificate = await makeCertificate()
  context.folder = temporaryFolder()
  context.ca = context.folder.write('ca.pem', context.certificate.cert)
})

promise.after((context) => context.folder.remove())

/** Reads no more than the head of a request until it is told to read on; then counts the bytes of another customer. */
class LateReader {
  foreign = 0
  bytes = 0
  readonly #sockets: Socket[] = []
  readonly #closed: Promise<void>[] = []

  constructor(readonly answer: string | null) {}

  serve = (socket: Socket): void => {
    this.#sockets.push(socket)
    this.#closed.push(new Promise((resolve) => socket.on('close', () => resolve())))
    socket.on('error', () => socket.destroy())
    socket.once('data', (chunk: Buffer) => {
      this.#count(chunk)
      socket.pause()
      if (this.answer !== null) socket.write(this.answer)
    })
  }

  async readOn(): Promise<void> {
    for (const socket of this.#sockets) socket.on('data', (chunk: Buffer) => this.#count(chunk)).resume()
    await Promise.all(this.#closed)
  }

  #count(chunk: Buffer): void {
    this.bytes += chunk.length
    // The head holds the letter as well; a body's foreign bytes come in runs.
    if (chunk.includes(THEIRS.repeat(16))) this.foreign += 1
  }
}

/** Sends a large body, overwrites it as soon as `done` is called, and lets the receiver read all that comes. */
async function overwrite(server: Server, reader: LateReader, scheme: string, over: Partial<EndpointConfig>) {
  const receiver: Listening = await listen(server)
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(`${scheme}://127.0.0.1:${receiver.port}/`, over))
  const body = sharedBody({ size: SIZE, fill: OURS })
  const outcome = await new Promise<string>((resolve) => {
    transport.send({ id: 'x', body, headers: [] }, ({ kind }) => {
      body.fill(THEIRS.charCodeAt(0))
      resolve(kind)
    })
  })
  await reader.readOn()
  await transports.close()
  await receiver.close()
  return { outcome, foreign: reader.foreign, incomplete: reader.bytes < SIZE }
}

promise('is not seen by a receiver that answered early', async () => {
  const reader = new LateReader(ACKNOWLEDGE)
  const seen = await overwrite(createServer(reader.serve), reader, 'http', {})
  assert.equal(seen, { outcome: 'delivered', foreign: 0, incomplete: true })
})

promise('is not seen by a receiver that answered early over TLS', async ({ certificate, ca }) => {
  const reader = new LateReader(ACKNOWLEDGE)
  const seen = await overwrite(createTlsServer(certificate, reader.serve), reader, 'https', {
    tls: { ca, cert: null, key: null },
  })
  assert.equal(seen, { outcome: 'delivered', foreign: 0, incomplete: true })
})

promise('is not seen by a receiver that ran into the timeout', async () => {
  const reader = new LateReader(null)
  const seen = await overwrite(createServer(reader.serve), reader, 'http', { requestTimeoutMs: 100 })
  assert.equal(seen, { outcome: 'retry', foreign: 0, incomplete: true })
})

promise('is not seen by a receiver that ran into the timeout over TLS', async ({ certificate, ca }) => {
  const reader = new LateReader(null)
  const seen = await overwrite(createTlsServer(certificate, reader.serve), reader, 'https', {
    tls: { ca, cert: null, key: null },
    requestTimeoutMs: 300,
  })
  assert.equal(seen, { outcome: 'retry', foreign: 0, incomplete: true })
})

promise('is not seen by a receiver that acknowledged and drips its body', async () => {
  const reader = new LateReader('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx')
  const seen = await overwrite(createServer(reader.serve), reader, 'http', { requestTimeoutMs: 1000 })
  assert.equal(seen, { outcome: 'delivered', foreign: 0, incomplete: true })
})

promise('is not seen by a receiver that broke the protocol', async () => {
  const reader = new LateReader('nonsense\r\n\r\n')
  const seen = await overwrite(createServer(reader.serve), reader, 'http', {})
  assert.equal(seen, { outcome: 'retry', foreign: 0, incomplete: true })
})

promise('is not seen when the transports close', async () => {
  const reader = new LateReader(null)
  const receiver = await listen(createServer(reader.serve))
  const transports = httpTransports()
  const body = sharedBody({ size: SIZE, fill: OURS })
  const done = new Promise<void>((resolve) => {
    transports.open(testApp, httpEndpoint(receiver.url)).send({ id: 'x', body, headers: [] }, () => {
      body.fill(THEIRS.charCodeAt(0))
      resolve()
    })
  })
  while (reader.bytes === 0) await new Promise(setImmediate)
  await transports.close()
  await done
  await reader.readOn()
  await receiver.close()
  assert.equal([reader.foreign, reader.bytes < SIZE], [0, true])
})

promise.run()
