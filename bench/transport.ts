/**
 * What the HTTP transport costs: requests/s on one thread beside a bare undici loop with the same window, headers and body,
 * and HTTP/2 beside HTTP/1.1, both over TLS. The sides take turns; the receiver has a process of its own.
 *
 *     node dist/bench/transport.js [seconds a turn] [turns]
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { type Dispatcher, Pool } from 'undici'
import type { EndpointConfig } from '../src/config/model.js'
import { createEgressGuard } from '../src/transport/egress.js'
import { createHttpTransports } from '../src/transport/http.js'
import { httpEndpoint, testApp } from '../test/transport/support/endpoint.js'

const WINDOW = 16
const SIZES = [200, 10_000]
const SIGNATURE = ['X-Pusher-Key', 'key', 'X-Pusher-Signature', 'f'.repeat(64)]
const [turnSeconds = 2, turns = 5] = process.argv.slice(2).map(Number)

if (process.argv[2] === 'receive') await receive()
else await main()

async function main(): Promise<void> {
  const child = fork(new URL(import.meta.url), ['receive'])
  const [ports] = (await once(child, 'message')) as [{ plain: number; secure: number; ca: string }]
  for (const size of SIZES) {
    const body = new Uint8Array(new SharedArrayBuffer(size)).fill(97)
    const url = `http://127.0.0.1:${ports.plain}/hook`
    await compare(
      `${size} B, bare undici / transport`,
      () => bareLoop(url, body),
      () => transportLoop(url, body, {}),
    )
    const secureUrl = `https://127.0.0.1:${ports.secure}/hook`
    const tls = { ca: ports.ca, cert: null, key: null }
    await compare(
      `${size} B over TLS, HTTP/1.1 / HTTP/2`,
      () => transportLoop(secureUrl, body, { tls }),
      () => transportLoop(secureUrl, body, { tls, http2: true }),
    )
  }
  child.kill()
}

interface Result {
  /** Requests/s. */
  readonly rate: number
  /** CPU time of a request on this side, in µs: steadier than the rate when others use the machine. */
  readonly cpuMicros: number
}

type Side = () => Promise<Result>

async function compare(name: string, a: Side, b: Side): Promise<void> {
  const results: (readonly [Result, Result])[] = []
  await a()
  await b()
  for (let turn = 0; turn < turns; turn++) results.push([await a(), await b()])
  const rates = [0, 1].map((side) => median(results.map((pair) => pair[side]?.rate ?? 0)).toFixed(0))
  const cpus = [0, 1].map((side) => median(results.map((pair) => pair[side]?.cpuMicros ?? 0)).toFixed(1))
  const rateRatio = median(results.map(([left, right]) => right.rate / left.rate)).toFixed(2)
  const cpuRatio = median(results.map(([left, right]) => left.cpuMicros / right.cpuMicros)).toFixed(2)
  console.log(
    `${name}: ${rates.join(' / ')} requests/s (ratio ${rateRatio}), ${cpus.join(' / ')} µs CPU (ratio ${cpuRatio})`,
  )
}

async function bareLoop(url: string, body: Uint8Array): Promise<Result> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections: WINDOW, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })
  const headers = ['content-type', 'application/json', 'user-agent', 'Signpost/0.0.0', 'webhook-id', 'id', ...SIGNATURE]
  const options: Dispatcher.DispatchOptions = { path: pathname, method: 'POST', headers, body }
  const result = await loop((next) => {
    class Handler implements Dispatcher.DispatchHandler {
      onRequestStart() {
        // undici tells this interface from its older one by this method.
      }
      onResponseEnd() {
        next()
      }
      onResponseError(_controller: Dispatcher.DispatchController, error: Error) {
        throw error
      }
    }
    return () => pool.dispatch(options, new Handler())
  })
  await pool.close()
  return result
}

async function transportLoop(url: string, body: Uint8Array, over: Partial<EndpointConfig>): Promise<Result> {
  const egress = createEgressGuard({ policy: 'no-metadata', allow: [] })
  const transports = createHttpTransports({ egress, userAgent: 'Signpost/0.0.0' })
  const transport = transports.open(testApp, httpEndpoint(url, over))
  const result = await loop((next) => () => {
    transport.send({ id: 'id', body, headers: SIGNATURE }, (outcome) => {
      if (outcome.kind !== 'delivered') throw new Error(outcome.failure.message)
      next()
    })
  })
  await transports.close()
  return result
}

function loop(prepare: (next: () => void) => () => void): Promise<Result> {
  return new Promise((resolve) => {
    const cpuStart = process.cpuUsage()
    const start = performance.now()
    const end = start + turnSeconds * 1000
    let count = 0
    let running = WINDOW
    const send = prepare(() => {
      count += 1
      if (performance.now() < end) send()
      else if (--running === 0) {
        const { user, system } = process.cpuUsage(cpuStart)
        resolve({ rate: count / ((performance.now() - start) / 1000), cpuMicros: (user + system) / count })
      }
    })
    for (let at = 0; at < WINDOW; at++) send()
  })
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

async function receive(): Promise<void> {
  const plain = createServer(answerAll)
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  const ca = join(mkdtempSync(join(tmpdir(), 'signpost-bench-')), 'ca.pem')
  writeFileSync(ca, pems.cert)
  const secure = createSecureServer({ key: pems.private, cert: pems.cert, allowHTTP1: true }, (request, response) => {
    request.resume()
    request.once('end', () => response.writeHead(200, { 'content-length': 2 }).end('ok'))
  })
  for (const server of [plain, secure]) await once(server.listen(0, '127.0.0.1'), 'listening')
  process.send?.({ plain: portOf(plain), secure: portOf(secure), ca })
}

/** The cheapest receiver that there can be, so that the sender is what is measured. */
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
    if (missing === 0) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
  })
}

function portOf(server: { address(): unknown }): number {
  const address = server.address() as { port: number }
  return address.port
}
