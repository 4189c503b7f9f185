/** The cheapest receiver that there can be, so that the sender is what is measured; and one over TLS that speaks HTTP/2 too. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from '../../test/support/certificate.js'

export interface CheapReceiverState {
  /** Requests answered so far, on either port. */
  readonly requests: number
  readonly securePort: number
  /** The path of the certificate to trust. */
  readonly ca: string
}

const folder = mkdtempSync(join(tmpdir(), 'signpost-bench-'))
let requests = 0

function answerAll(socket: Socket): void {
  let missing = 0
  let head = ''
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    if (missing === 0) {
      head += chunk.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      missing = Number(/content-length: (\d+)/.exec(head)?.[1]) - (head.length - end - 4)
      head = ''
    } else missing -= chunk.length
    if (missing > 0) return
    requests += 1
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
  })
}

async function portOf(server: Pick<Server, 'listen' | 'address'>): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

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
const securePort = await portOf(secure)
process.send?.({ port: await portOf(createServer(answerAll)) })
process.on('message', () => process.send?.({ requests, securePort, ca } satisfies CheapReceiverState))
await once(process, 'disconnect')
rmSync(folder, { recursive: true, force: true })
process.exit()
