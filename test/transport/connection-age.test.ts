import { once } from 'node:events'
import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { Server, Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeCertificate } from '../../scripts/certificate.js'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import type { EndpointConfig } from '../../src/config/model.js'
import { jittered } from '../../src/transport/connection-age.js'
import { httpEndpoint, testApp } from './support/endpoint.js'
import { httpTransports, send } from './support/sending.js'
import { listen } from './support/servers.js'

const age = suite('the age of connections')

const AGE_MS = 20

age('is that of the settings, give or take a tenth', () => {
  assert.equal(
    [0, 0.5, 1].map((random) => Math.round(jittered(1000, random))),
    [900, 1000, 1100],
  )
})

/** Sends, waits until the connection is closed, and sends again. @returns the outcomes and how many connections there were */
async function sendTwice(server: Server, scheme: string, overrides: Partial<EndpointConfig>): Promise<unknown[]> {
  const connected = once(server, 'connection')
  const receiver = await listen(server)
  const transports = httpTransports({ connectionAgeMs: AGE_MS })
  const url = receiver.url.replace('http:', scheme)
  const transport = transports.open(testApp, httpEndpoint(url, overrides))
  const first = send(transport)
  const [socket]: Socket[] = await connected
  const closed = socket === undefined ? null : once(socket, 'close')
  const kinds = [(await first).kind]
  await closed
  kinds.push((await send(transport)).kind)
  await transports.close()
  await receiver.close()
  return [kinds, receiver.connections()]
}

const TWICE = [['delivered', 'delivered'], 2]

/** How long the server takes: idle connections become old, busy ones as well. */
const answers: Record<string, (request: Readable, end: () => void) => void> = {
  'while they are idle': (request, end) => request.resume().on('end', end),
  // Timers of one process go off in order: the connection is old by then.
  'while they are busy, after their exchange': (request, end) => {
    request.resume()
    setTimeout(end, AGE_MS * 3)
  },
}

for (const [when, answer] of Object.entries(answers)) {
  age(`ends those with HTTP/1.1 ${when}`, async () => {
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) =>
      answer(request, () => response.end()),
    )
    assert.equal(await sendTwice(server, 'http:', {}), TWICE)
  })

  age(`ends those with HTTP/2 ${when}`, async () => {
    const certificate = await makeCertificate()
    const folder = temporaryFolder()
    const tls = { ca: folder.write('ca.pem', certificate.cert), cert: null, key: null }
    const server = createSecureServer(certificate, (request, response) => answer(request, () => response.end()))
    const result = await sendTwice(server, 'https:', { http2: true, tls })
    folder.remove()
    assert.equal(result, TWICE)
  })
}

age.run()
