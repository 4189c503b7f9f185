import { createHmac } from 'node:crypto'
import { contenderNamed } from '../contenders.js'
import { against, SECRET, verify } from '../harness/against.js'
import { inTurn } from '../harness/emission.js'
import { ReceiverProcess } from '../harness/receiver-process.js'
import { measureFlood } from '../measure/flood.js'
import { bareUndici, type LoopResult } from '../measure/request-loop.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const RATE = 'requests/s'
const CPU = 'CPU of all threads, µs per request'

const SIGNPOST = 'Signpost, batching off'
const SIGNING = 'bare undici loop that signs'
const BARE = 'bare undici loop, signed beforehand'
const UNDICI = 'undici, a request per event'

const APPS = 10
/** Four an app, as Signpost has. */
const WINDOW = 4 * APPS
const WARM_UP_MS = 1000
/** The size and the form of what Signpost sends for one event. */
const BODY = Buffer.from(
  '{"time_ms":1700000000000,"events":[{"name":"member_added","channel":"presence-room-12","user_id":"user-1234","time_ms":1700000000000}]}',
)
const HEADERS = [
  ...['content-type', 'application/json', 'user-agent', 'Signpost/0.0.0'],
  ...['webhook-id', 'msg_0123456789abcdef0123456789', 'x-pusher-key', 'key'],
]

type Side = typeof SIGNPOST | typeof SIGNING | typeof BARE | typeof UNDICI

function measure(side: Side, seconds: number): Promise<Measured> {
  return side === SIGNPOST || side === UNDICI ? measureContender(side, seconds) : measureLoop(side === SIGNING, seconds)
}

async function measureContender(name: typeof SIGNPOST | typeof UNDICI, seconds: number): Promise<Measured> {
  return against(await contenderNamed(name), APPS, async (contender, receiver) => {
    const result = await measureFlood(contender, receiver, { apps: APPS, appOf: inTurn(APPS), seconds })
    if (result.perRequest !== 1) throw new Error(`a request had ${result.perRequest} events`)
    return {
      events: result.accepted,
      result: { figures: { [RATE]: result.perSecond, [CPU]: result.cpuPerEventNs / 1000 } },
    }
  })
}

async function measureLoop(isSigning: boolean, seconds: number): Promise<Measured> {
  const receiver = await ReceiverProcess.start({ secret: SECRET })
  try {
    const signed = ['x-pusher-signature', createHmac('sha256', SECRET).update(BODY).digest('hex')]
    const options = {
      url: receiver.url,
      body: BODY,
      window: WINDOW,
      ...(isSigning ? { headers: HEADERS, secret: SECRET } : { headers: [...HEADERS, ...signed] }),
    }
    const warmUp = await bareUndici(options, WARM_UP_MS)
    const result = await bareUndici(options, seconds * 1000)
    await verify(receiver, warmUp.requests + result.requests)
    return { figures: figuresOf(result) }
  } finally {
    await receiver.stop()
  }
}

function figuresOf({ perSecond, cpuMicros }: LoopResult) {
  return { [RATE]: perSecond, [CPU]: cpuMicros }
}

export const unbatched: Scenario = {
  title: 'Batching off: a request per event',
  method:
    `Signpost with one shard and ${APPS} apps, end to end: emit, ring, shard, signature, request. The bare loops send the body of one event over and ` +
    `over with undici’s \`dispatch\` on one thread that does nothing else, ${WINDOW} in flight as with Signpost.`,
  figures: [
    { name: RATE, better: 'more', isDrawn: true },
    { name: CPU, better: 'less' },
  ],
  turns: { full: 3, quick: 1 },
  cases: (isQuick) => [
    {
      title: `${APPS} apps`,
      entrants: entrants([SIGNPOST, BARE, SIGNING, UNDICI], (side) => measure(side, isQuick ? 1 : 2)),
    },
  ],
}
