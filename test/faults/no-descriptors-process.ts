/**
 * Takes all file descriptors of its process but as many as its argument says, uses what loads packages late, frees them and does
 * so again. Prints what came of it as JSON.
 */
import { closeSync, openSync } from 'node:fs'
import { prometheusText } from '../../src/stats/prometheus.js'
import { createTransports } from '../../src/transport/transports.js'
import { httpEndpoint, testApp } from '../transport/support/endpoint.js'
import { describe, send } from '../transport/support/sending.js'

export interface Seen {
  /** The causes of the failures of two Lambda invocations. */
  readonly causes: readonly (string | null)[]
  readonly kinds: readonly string[]
  readonly metrics: readonly boolean[]
  /** The causes of the failures of two requests whose TLS files have to be read. */
  readonly tls: readonly (string | null)[]
}

const lambda = {
  kind: 'lambda',
  functionName: 'f',
  invocationType: 'Event',
  qualifier: null,
  region: 'eu-west-1',
  endpointUrl: 'http://127.0.0.1:9/',
} as const

const transports = createTransports({ egress: { policy: 'no-metadata', allow: [] }, version: 'test' })
const transport = transports.open(testApp, httpEndpoint('', { target: lambda }))
const tls = { ca: import.meta.filename, cert: null, key: null }
const secure = transports.open(testApp, httpEndpoint('https://127.0.0.1:9/', { tls }))

const held = takeAll()
for (let free = Number(process.argv[2]); free > 0; free--) release(held.pop())
const first = await use()
for (const descriptor of held) release(descriptor)
const second = await use()
await transports.close()

const seen: Seen = {
  causes: [first.cause, second.cause],
  kinds: [first.kind, second.kind],
  metrics: [first.metrics, second.metrics],
  tls: [first.tls, second.tls],
}
process.stdout.write(JSON.stringify(seen))

async function use() {
  const outcome = await send(transport)
  const metrics = prometheusText([], 0).includes('signpost_apps 0')
  return { kind: outcome.kind, cause: describe(outcome).cause, metrics, tls: describe(await send(secure)).cause }
}

function takeAll(): number[] {
  const taken: number[] = []
  for (;;) {
    try {
      taken.push(openSync(import.meta.filename, 'r'))
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EMFILE') return taken
      throw error
    }
  }
}

function release(descriptor: number | undefined): void {
  if (descriptor !== undefined) closeSync(descriptor)
}
