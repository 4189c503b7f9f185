import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeCertificate } from '../../scripts/certificate.js'
import { createDispatcher } from '../../src/index.js'
import { type Fault, startReceiver, type TestReceiver } from '../../src/testing/index.js'
import { appWith, CREDENTIALS } from '../support/dispatcher.js'

const HEALTHY_APPS = 20
const EVENTS = 50
const LONG_AGO = new Date('2020-01-01')
const LESS_LONG_AGO = new Date('2020-02-01')

const faults: Readonly<Record<string, Fault>> = {
  'never answers': { hang: true },
  'answers a byte at a time': { dripMs: 20 },
  'sends a head a byte at a time': { dripHeadMs: 20 },
  'sends an endless body': { endless: true },
  'closes within its answer': { closeMidResponse: true },
  'closes without an answer': { close: true },
  'resets within the request': { reset: true, beforeBody: true },
  'answers 500': { status: 500 },
  'answers 429 with Retry-After': { status: 429, retryAfter: 1 },
  'redirects to itself': { redirect: '/webhooks' },
  'sends a header of 1 MB': { hugeHeaderBytes: 1_000_000 },
  'is no HTTP server': { garbage: true },
}

const test = suite('isolation')

interface Neighbour {
  readonly url: string
  close(): Promise<void>
}

async function failing(fault: Fault): Promise<Neighbour> {
  const receiver = await startReceiver({ pusher: [CREDENTIALS] })
  receiver.fail(fault)
  return receiver
}

/** A port at which nobody listens. */
async function refusing(): Promise<Neighbour> {
  const receiver = await startReceiver({ pusher: [CREDENTIALS] })
  await receiver.close()
  return receiver
}

async function expired(): Promise<Neighbour> {
  const { cert, key } = await makeCertificate({ notBefore: LONG_AGO, notAfter: LESS_LONG_AGO })
  return startReceiver({ pusher: [CREDENTIALS], tls: { cert, key } })
}

/** Healthy apps beside one app whose webhooks are these, all on one shard. */
async function deliverBeside(neighbours: readonly Neighbour[], healthy: TestReceiver): Promise<void> {
  const ids = Array.from({ length: HEALTHY_APPS }, (_, index) => `healthy-${index}`)
  const hostile = neighbours.map(({ url }, index) => ({ url, id: `hostile-${index}` }))
  const dispatcher = await createDispatcher({
    apps: [...ids.map((id) => appWith([{ url: `${healthy.origin}/${id}` }], { id })), appWith(hostile)],
    webhooks: { request_timeout_ms: 250, batching: { duration: 5 }, retry: { initial_backoff_ms: 10 } },
    dispatcher: { shards: 1 },
  })
  try {
    for (let event = 0; event < EVENTS; event++) {
      for (const id of ['app', ...ids]) dispatcher.app(id).memberAdded('presence-room', `${id}/${event}`)
    }
    await healthy.waitFor(({ received }) => received.length >= HEALTHY_APPS * EVENTS)
  } finally {
    await dispatcher.close({ timeout: 1 })
  }
}

async function losesNothing(neighbours: readonly Neighbour[]): Promise<void> {
  const healthy = await startReceiver({ pusher: [CREDENTIALS] })
  try {
    await deliverBeside(neighbours, healthy)
    const users = new Set(
      healthy.requests.flatMap(({ events }) => events).map((event) => ('user_id' in event ? event.user_id : null)),
    )
    const strangers = [...users].filter((user) => String(user).startsWith('app/'))
    assert.equal([users.size, strangers], [HEALTHY_APPS * EVENTS, []])
  } finally {
    await Promise.all([...neighbours, healthy].map((receiver) => receiver.close()))
  }
}

for (const [name, fault] of Object.entries(faults)) {
  test(`healthy endpoints lose nothing beside one that ${name}`, async () => losesNothing([await failing(fault)]))
}

test('healthy endpoints lose nothing beside one that refuses connections', async () => losesNothing([await refusing()]))

test('healthy endpoints lose nothing beside one whose certificate has expired', async () =>
  losesNothing([await expired()]))

test('healthy endpoints lose nothing beside all of them together', async () =>
  losesNothing(await Promise.all([...Object.values(faults).map(failing), refusing(), expired()])))

test.run()
