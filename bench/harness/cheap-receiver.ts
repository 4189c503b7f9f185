/** The cheapest receiver that there can be, so that the sender is what is measured; and one over TLS that speaks HTTP/2 too. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from '../../scripts/certificate.js'
import { Sink } from '../../src/cli/load/sink.js'

export interface CheapReceiverState {
  /** Requests answered so far, on either port. */
  readonly requests: number
  readonly securePort: number
  /** The path of the certificate to trust. */
  readonly ca: string
}

const folder = mkdtempSync(join(tmpdir(), 'signpost-bench-'))
let requests = 0

const { cert, key } = await makeCertificate()
const ca = join(folder, 'ca.pem')
writeFileSync(ca, cert)
const secure = createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
  request.resume()
  request.once('end', () => {
    requests += 1
    response.writeHead(200, { 'content-length': 2 }).end('ok')
  })
})
secure.listen(0, '127.0.0.1')
await once(secure, 'listening')
const securePort = (secure.address() as AddressInfo).port
const sink = new Sink((_request, answer) => {
  requests += 1
  answer(200)
})
process.send?.({ port: await sink.listen() })
process.on('message', () => process.send?.({ requests, securePort, ca } satisfies CheapReceiverState))
await once(process, 'disconnect')
rmSync(folder, { recursive: true, force: true })
process.exit()
