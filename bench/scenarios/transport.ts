import { createEgressGuard } from '../../src/transport/egress.js'
import { createHttpTransports } from '../../src/transport/http.js'
import { appWithEndpoint } from '../harness/app.js'
import { CheapReceiverProcess } from '../harness/cheap-receiver-process.js'
import { bareUndici, type LoopResult, requestLoop } from '../measure/request-loop.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const RATE = 'requests/s'
const CPU = 'CPU of this side, µs per request'

const BARE = 'bare undici loop'
const HTTP1 = 'Signpost’s transport'
const TLS = 'Signpost’s transport over TLS'
const HTTP2 = 'Signpost’s transport over TLS, HTTP/2'

type Side = typeof BARE | typeof HTTP1 | typeof TLS | typeof HTTP2

const WINDOW = 16
const WARM_UP_MS = 1000
const SIGNATURE = ['X-Pusher-Key', 'key', 'X-Pusher-Signature', 'f'.repeat(64)]
const HEADERS = ['content-type', 'application/json', 'user-agent', 'Signpost/0.0.0', 'webhook-id', 'id', ...SIGNATURE]

async function measure(side: Side, size: number, seconds: number): Promise<Measured> {
  const receiver = await CheapReceiverProcess.start()
  try {
    const { securePort, ca } = await receiver.counts()
    const body = Buffer.from(new SharedArrayBuffer(size)).fill(97)
    const secureUrl = `https://127.0.0.1:${securePort}/hook`
    const tls = { tls: { ca } }
    const sides: Readonly<Record<Side, (durationMs: number) => Promise<LoopResult>>> = {
      [BARE]: (durationMs) => bareUndici({ url: receiver.url, body, headers: HEADERS, window: WINDOW }, durationMs),
      [HTTP1]: (durationMs) => transportLoop(receiver.url, body, {}, durationMs),
      [TLS]: (durationMs) => transportLoop(secureUrl, body, tls, durationMs),
      [HTTP2]: (durationMs) => transportLoop(secureUrl, body, { ...tls, http2: true }, durationMs),
    }
    const warmUp = await sides[side](WARM_UP_MS)
    const result = await sides[side](seconds * 1000)
    const { requests } = await receiver.counts()
    const expected = warmUp.requests + result.requests
    if (requests !== expected) throw new Error(`${requests} requests came of ${expected} that were acknowledged`)
    return { figures: { [RATE]: result.perSecond, [CPU]: result.cpuMicros } }
  } finally {
    await receiver.stop()
  }
}

async function transportLoop(
  url: string,
  body: Buffer,
  settings: Readonly<Record<string, unknown>>,
  durationMs: number,
): Promise<LoopResult> {
  const egress = createEgressGuard({ policy: 'no-metadata', allow: [] })
  const transports = createHttpTransports({ egress, userAgent: 'Signpost/0.0.0' })
  const { app, endpoint } = appWithEndpoint(url, settings)
  const transport = transports.open(app, endpoint)
  const result = await requestLoop(WINDOW, durationMs, (done) => () => {
    transport.send({ id: 'id', body, headers: SIGNATURE }, (outcome) => {
      if (outcome.kind !== 'delivered') throw new Error(outcome.failure.message)
      done()
    })
  })
  await transports.close()
  return result
}

export const transport: Scenario = {
  title: 'The HTTP transport alone',
  method:
    `${WINDOW} requests in flight on one thread, nothing signed, against a receiver in another process that does as little as possible (over TLS: ` +
    'Node’s own server). The CPU time of a request is steadier than the rate when others use the machine.',
  figures: [
    { name: RATE, better: 'more', isDrawn: true },
    { name: CPU, better: 'less' },
  ],
  turns: { full: 2, quick: 1 },
  cases: (isQuick) =>
    (isQuick ? [200] : [200, 10_000]).map((size) => ({
      title: `bodies of ${size.toLocaleString('en')} B`,
      entrants: entrants([HTTP1, BARE, TLS, HTTP2], (side) => measure(side, size, isQuick ? 1 : 2)),
    })),
}
