import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { StoreDownError, StoreFullError } from '../../../src/queue/errors.js'
import type { JobHead } from '../../../src/queue/job.js'
import type { JobChange, OpenStore } from '../../../src/queue/job-store.js'
import { Attribute } from '../../../src/queue/sqs/port.js'
import { deathOf, idOf, jobOf } from '../job-store-contract.js'
import { type Process, World } from './support/world.js'

const test = suite('a queue in SQS')

const QUEUE = 'signpost'
const LETTERS = 'signpost-dead-letters'
const HOUR_MS = 3_600_000

const { target } = jobOf(1).head
const otherTarget = { app: 'app-1', endpoint: 'wh_2' }

const done = (number: number): JobChange => ({ kind: 'done', id: idOf(number) })
const dead = (number: number, life = 0): JobChange => {
  return { kind: 'dead', id: idOf(number), death: deathOf('the receiver said no', { life }) }
}
const tried = (number: number, attempts: number): JobChange => {
  return { kind: 'state', id: idOf(number), state: { attempts, status: 503, spentMs: 1000, nextAt: 0 } }
}
const numberIn = ({ id }: JobHead): number => new DataView(id.buffer, id.byteOffset).getUint32(4)

function behaves(behaviour: string, check: (world: World) => Promise<void>): void {
  test(behaviour, async () => {
    const world = new World()
    try {
      await check(world)
    } finally {
      await world.close()
    }
  })
}

const writing = { isConsumer: false }

async function store({ store }: Process, numbers: readonly number[], of = target): Promise<void> {
  await store.jobs.commit({ jobs: numbers.map((number) => jobOf(number, { target: of })), changes: [] })
}

async function change(world: World, { store }: Process, ...changes: JobChange[]): Promise<void> {
  await world.doing(store.jobs.commit({ jobs: [], changes }))
}

async function taken({ jobs }: OpenStore, of = target): Promise<readonly number[]> {
  return (await jobs.take(of, 100)).map(numberIn)
}

behaves('is made with its dead letters where it is not there, and says so', async (world) => {
  const { warnings } = await world.open(writing)
  assert.equal(warnings, ['the queue signpost was created'])
  const attributes = world.sqs.queues.get(world.sqs.urlOf(QUEUE))?.attributes
  assert.equal(
    [attributes?.MessageRetentionPeriod, JSON.parse(attributes?.RedrivePolicy ?? 'null')],
    ['1209600', { deadLetterTargetArn: 'arn:aws:sqs:test:1:signpost-dead-letters', maxReceiveCount: 1000 }],
  )
})

behaves('is used as it is found, with the dead letters that its own policy names', async (world) => {
  await world.sqs.create('of-somebody', {})
  const deadLetterTargetArn = 'arn:aws:sqs:test:1:of-somebody'
  await world.sqs.create(QUEUE, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1000 }) })
  const host = await world.open(writing)
  await host.store.jobs.commit({ jobs: [jobOf(1)], changes: [dead(1)] })
  assert.equal([world.sqs.messagesOf('of-somebody').length, world.sqs.queues.has(world.sqs.urlOf(LETTERS))], [1, false])
})

const UNFIT: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
  [{ MaximumMessageSize: '262144' }, /takes messages of at most 262144 bytes.*raise its MaximumMessageSize/],
  [{ FifoQueue: 'true' }, /is a FIFO queue, but queue\.sqs\.fifo is false/],
]

for (const [attributes, message] of UNFIT) {
  behaves(`is refused with ${JSON.stringify(attributes)}`, async (world) => {
    await world.sqs.create(QUEUE, attributes)
    const failure: unknown = await world.open().catch((error: unknown) => error)
    assert.match(String(failure), message)
  })
}

behaves(
  'is refused when the URL prefix names another account, and a queue of this one would be made',
  async (world) => {
    const failure: unknown = await world
      .open({ queueUrlPrefix: 'https://sqs.test/2/prod-' })
      .catch((error: unknown) => error)
    assert.match(String(failure), 'names another account')
  },
)

behaves('is made without a size by an SQS whose messages are smaller, if they are large enough', async (world) => {
  world.sqs.failNext('create', 'unavailable', { message: 'InvalidAttributeValue: MaximumMessageSize', after: 1 })
  await world.open({ ...writing, maxBodyBytes: 1000 })
  assert.is(world.sqs.queues.get(world.sqs.urlOf(QUEUE))?.attributes.MaximumMessageSize, undefined)
})

behaves('warns of what would be lost by its attributes', async (world) => {
  const policy = JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:test:1:${LETTERS}`, maxReceiveCount: 5 })
  await world.sqs.create(LETTERS, { MessageRetentionPeriod: '60' })
  await world.sqs.create(QUEUE, { MessageRetentionPeriod: '120', RedrivePolicy: policy, DelaySeconds: '5' })
  const { warnings } = await world.open(writing)
  assert.equal(
    warnings.map((warning) => /keeps a message|keeps dead letters|maxReceiveCount|DelaySeconds/.exec(warning)?.[0]),
    ['keeps a message', 'keeps dead letters', 'maxReceiveCount', 'DelaySeconds'],
  )
})

behaves('gives a batch that one process stored to another one, with its head and its body', async (world) => {
  const host = await world.open(writing)
  const worker = await world.open()
  await store(host, [1])
  await world.clock.advance(1000)
  const [head] = await worker.store.jobs.take(target, 5)
  const into = new Uint8Array(new SharedArrayBuffer(13))
  assert.is(await worker.store.jobs.read(idOf(1), into), 'read')
  assert.equal([{ ...head, seq: 1 }, into.slice()], [jobOf(1).head, Uint8Array.from(jobOf(1).body)])
  assert.equal(worker.holder.targets, [target])
})

behaves('gives nothing to a process that does not consume', async (world) => {
  const host = await world.open(writing)
  await store(host, [1])
  await world.clock.advance(60_000)
  assert.equal([await taken(host.store), world.sqs.messagesOf(QUEUE).length], [[], 1])
})

behaves('has no message of a batch that is done', async (world) => {
  const worker = await world.open()
  await store(worker, [1, 2])
  await world.clock.advance(1000)
  await taken(worker.store)
  await change(world, worker, done(1))
  assert.equal(world.sqs.messagesOf(QUEUE).length, 1)
})

behaves('packs many batches into few calls', async (world) => {
  const host = await world.open(writing)
  await store(
    host,
    Array.from({ length: 25 }, (_, index) => index + 1),
  )
  assert.equal(
    world.sqs.sent.map(({ length }) => length),
    [10, 10, 5],
  )
})

behaves('sends again what a call did not take, and only that', async (world) => {
  const host = await world.open(writing)
  world.sqs.failNext('send', 'throttled', { entries: [1, 3] })
  await world.doing(store(host, [1, 2, 3, 4]))
  assert.equal(
    [world.sqs.messagesOf(QUEUE).length, world.sqs.sent.map(({ length }) => length), host.problems.length],
    [4, [4, 2], 2],
  )
})

behaves('is down when SQS has no time for long, and stores nothing twice when the group comes again', async (world) => {
  const host = await world.open(writing)
  world.sqs.failNext('send', 'throttled', { times: 7, entries: [0] })
  const failure: unknown = await world.doing(store(host, [1, 2])).catch((error: unknown) => error)
  assert.instance(failure, StoreDownError)
  await world.doing(store(host, [1, 2]))
  assert.equal(world.sqs.messagesOf(QUEUE).map(({ order }) => order).length, 2)
})

for (const kind of ['credentials', 'unavailable'] as const) {
  behaves(`is down when SQS fails with ${kind}, says so, and is up again after it`, async (world) => {
    const host = await world.open(writing)
    world.sqs.failNext('send', kind, { times: 2 })
    const failure: unknown = await world.doing(store(host, [1])).catch((error: unknown) => error)
    assert.instance(failure, StoreDownError)
    if (kind === 'credentials') await world.doing(store(host, [1]).catch(() => undefined))
    await world.doing(store(host, [1]))
    assert.equal([world.sqs.messagesOf(QUEUE).length, host.problems.length > 0], [1, true])
  })
}

behaves('is made again after it was deleted; what was in an arena is stored again', async (world) => {
  const worker = await world.open()
  await store(worker, [1])
  await world.clock.advance(1000)
  await taken(worker.store)
  world.sqs.deleteQueue(QUEUE)
  await world.clock.advance(10_000)
  assert.equal([worker.holder.losses, worker.holder.drops.at(-1)], [[{ reason: 'lost', parked: 0 }], 'store-again'])
  const refused: unknown = await world.doing(store(worker, [1])).catch((error: unknown) => error)
  assert.instance(refused, StoreDownError)
  await world.clock.advance(61_000)
  await world.doing(store(worker, [1]).catch(() => store(worker, [1])))
  assert.is(world.sqs.messagesOf(QUEUE).length, 1)
})

for (const [kind, name] of [
  ['unavailable', 'StoreDownError'],
  ['throttled', 'StoreDownError'],
  ['credentials', 'QueueServerError'],
] as const) {
  behaves(`says at its opening whether waiting helps: ${kind}`, async (world) => {
    world.sqs.failNext('find', kind, { times: 10 })
    const failure: unknown = await world.open(writing).catch((error: unknown) => error)
    assert.is(failure instanceof Error && failure.name, name)
  })
}

behaves('is asked for when it is probed: it may be away, or gone', async (world) => {
  const host = await world.open(writing)
  const probe = (): Promise<unknown> => {
    return world.doing(host.store.jobs.probe()).then(
      () => 'there',
      (error: unknown) => error,
    )
  }
  const before = await probe()
  world.sqs.failNext('find', 'credentials')
  const refused = await probe()
  world.sqs.deleteQueue(QUEUE)
  const gone = await probe()
  await world.clock.advance(61_000)
  await probe()
  assert.is(before, 'there')
  for (const failure of [refused, gone]) assert.instance(failure, StoreDownError)
  assert.equal([await probe(), world.sqs.queues.has(world.sqs.urlOf(QUEUE))], ['there', true])
})

behaves('takes as base64 what SQS refuses as text, and the body is the same', async (world) => {
  const worker = await world.open()
  const text = '{"data":"\uFFFF"}'
  await worker.store.jobs.commit({ jobs: [jobOf(1, {}, text)], changes: [] })
  world.sqs.failNext('send', 'refused-message', { entries: [0] })
  await world.doing(worker.store.jobs.commit({ jobs: [jobOf(2, {}, text.replace('\uFFFF', 'é'))], changes: [] }))
  await world.clock.advance(1000)
  const heads = await worker.store.jobs.take(target, 5)
  const bodies: string[] = []
  for (const { id, bodyBytes } of heads) {
    const into = new Uint8Array(bodyBytes)
    await worker.store.jobs.read(id, into)
    bodies.push(Buffer.from(into).toString())
  }
  assert.equal(bodies, ['{"data":"\uFFFF"}', '{"data":"é"}'])
})

behaves('is full for a batch that SQS takes in no form, and takes the others', async (world) => {
  const host = await world.open(writing)
  const large = { ...jobOf(2), body: new Uint8Array(1024 * 1024) }
  const failure: unknown = await host.store.jobs
    .commit({ jobs: [jobOf(1), large, jobOf(3)], changes: [] })
    .catch((error: unknown) => error)
  assert.instance(failure, StoreFullError)
  assert.is(world.sqs.messagesOf(QUEUE).length, 2)
})

behaves('hides a message from others for as long as it is in hand', async (world) => {
  const [first, second] = [await world.open(), await world.open(writing)]
  await store(first, [1])
  await world.clock.advance(1000)
  await taken(first.store)
  const other = await world.open()
  await world.clock.advance(2 * HOUR_MS)
  assert.equal([await taken(other.store), second.problems], [[], []])
})

behaves('gives a batch to another process when its own is dead', async (world) => {
  const host = await world.open(writing)
  await store(host, [1])
  await world.sqs.receive(world.sqs.urlOf(QUEUE), {
    ...{ mostMessages: 1, waitSeconds: 0, hiddenSeconds: 30 },
    signal: new AbortController().signal,
  })
  const other = await world.open()
  await world.clock.advance(29_000)
  assert.equal(await taken(other.store), [])
  await world.clock.advance(2000)
  assert.equal(await taken(other.store), [1])
})

behaves('makes everything visible at once when it ends', async (world) => {
  const worker = await world.open()
  await store(worker, [1, 2, 3])
  await world.clock.advance(1000)
  await taken(worker.store)
  await worker.close()
  const other = await world.open()
  await world.clock.advance(200)
  assert.equal(await taken(other.store), [1, 2, 3])
})

behaves('ends within 5 s, though a request for messages would wait longer', async (world) => {
  const worker = await world.open({ waitTimeSeconds: 20 })
  await store(worker, [1])
  await world.clock.advance(1000)
  await taken(worker.store)
  const startedAtMs = world.clock.now()
  await worker.close()
  assert.ok(world.clock.now() - startedAtMs < 6000)
  assert.ok(world.sqs.messagesOf(QUEUE).every(({ visibleAtMs }) => visibleAtMs <= world.clock.now()))
})

behaves('sends a batch anew with its history before its twelve hours are over', async (world) => {
  const worker = await world.open({ visibilityTimeoutMs: 600_000 })
  await store(worker, [1])
  await world.clock.advance(1000)
  await taken(worker.store)
  await change(world, worker, tried(1, 7))
  await world.clock.advance(12 * HOUR_MS)
  const [head] = await worker.store.jobs.take(target, 5)
  const [message, ...others] = world.sqs.messagesOf(QUEUE)
  assert.equal([head?.attempts, head?.spentMs, message?.deduplicationId.endsWith(':0:1'), others], [7, 1000, true, []])
})

behaves('leaves a batch in the queue while its endpoint pauses for long, and goes on where it was', async (world) => {
  const worker = await world.open()
  await store(worker, [1])
  await world.clock.advance(1000)
  await taken(worker.store)
  await change(world, worker, tried(1, 3))
  worker.store.handedOver?.pause(target, { untilMs: world.clock.unix() + 600_000, refilledMs: 0 })
  await change(world, worker)
  await world.clock.advance(590_000)
  assert.equal([await taken(worker.store), worker.holder.drops.at(-1)], [[], 'forget'])
  await world.clock.advance(15_000)
  const heads = await worker.store.jobs.take(target, 5)
  assert.equal(
    heads.map(({ attempts }) => attempts),
    [3],
  )
})

behaves('leaves the batches of an endpoint in the queue while none of them is tried soon', async (world) => {
  const worker = await world.open()
  await store(worker, [1, 2])
  await world.clock.advance(1000)
  await taken(worker.store)
  const nextAt = world.clock.unix() + 300_000
  const failed = (number: number, at: number): JobChange => {
    return { kind: 'state', id: idOf(number), state: { attempts: 1, status: 503, spentMs: 1, nextAt: at } }
  }
  await change(world, worker, failed(1, nextAt))
  await world.clock.advance(10_000)
  const isHeld = worker.holder.drops.length === 1
  await change(world, worker, failed(2, nextAt + 1000))
  await world.clock.advance(280_000)
  assert.equal([isHeld, worker.holder.drops.length, await taken(worker.store)], [true, 2, []])
  await world.clock.advance(20_000)
  const heads = await worker.store.jobs.take(target, 5)
  assert.equal(
    heads.map((head) => [numberIn(head), head.attempts, head.nextAt - nextAt]),
    [
      [1, 1, 0],
      [2, 1, 1000],
    ],
  )
})

behaves('keeps a batch in the arena while its endpoint pauses for a moment', async (world) => {
  const worker = await world.open()
  await store(worker, [1])
  await world.clock.advance(1000)
  await taken(worker.store)
  worker.store.handedOver?.pause(target, { untilMs: world.clock.unix() + 30_000, refilledMs: 0 })
  await change(world, worker)
  await world.clock.advance(60_000)
  assert.equal(worker.holder.drops, ['forget'])
})

behaves('never deletes a message that is not its own: it is counted, reported and left there', async (world) => {
  const worker = await world.open()
  world.sqs.put(QUEUE, { text: '{"job_id":"of Sockudo"}' })
  world.sqs.put(QUEUE, { attributes: { [Attribute.Head]: { text: '{"form":2}' } } })
  await world.clock.advance(HOUR_MS)
  assert.equal(
    [
      world.sqs.messagesOf(QUEUE).length,
      worker.store.figures().skipped >= 2,
      worker.problems.some((problem) => problem.includes('not written by this version')),
      world.sqs.messagesOf(QUEUE).every(({ receiveCount }) => receiveCount < 15),
    ],
    [2, true, true, true],
  )
})

behaves('puts a damaged body among the dead letters as it is', async (world) => {
  const worker = await world.open()
  await store(worker, [1])
  const [sent] = world.sqs.messagesOf(QUEUE)
  world.sqs.queues.get(world.sqs.urlOf(QUEUE))?.messages.splice(0)
  world.sqs.put(QUEUE, { ...sent, text: 'body of job 7' })
  await world.clock.advance(1000)
  await taken(worker.store)
  assert.is(await worker.store.jobs.read(idOf(1), new Uint8Array(13)), 'damaged')
  const [letter] = world.sqs.messagesOf(LETTERS)
  assert.equal(
    [letter?.text, letter?.attributes[Attribute.Cause], world.sqs.messagesOf(QUEUE)],
    ['body of job 7', { text: 'damaged' }, []],
  )
})

behaves('has the cause, the status and the attempts of a dead letter as attributes', async (world) => {
  const worker = await world.open()
  await store(worker, [1])
  await world.clock.advance(1000)
  await taken(worker.store)
  await change(world, worker, dead(1))
  const [letter] = world.sqs.messagesOf(LETTERS)
  const { Cause, Status, Attempts, Error: Why } = Attribute
  assert.equal(
    [Cause, Status, Attempts, Why].map((name) => letter?.attributes[name]),
    [{ text: 'exhausted' }, { number: 503 }, { number: 5 }, { text: 'the receiver said no' }],
  )
  assert.is(world.sqs.messagesOf(QUEUE).length, 0)
})

behaves('buries a batch once, though its deletion has to be tried again', async (world) => {
  const worker = await world.open()
  await store(worker, [1])
  await world.clock.advance(1000)
  await taken(worker.store)
  world.sqs.failNext('remove', 'credentials')
  await change(world, worker, dead(1)).catch(() => undefined)
  await change(world, worker, dead(1))
  assert.equal([world.sqs.messagesOf(LETTERS).length, world.sqs.messagesOf(QUEUE).length], [1, 0])
})

behaves('lists dead letters and leaves them as they were', async (world) => {
  const worker = await world.open()
  const jobs = [jobOf(1), jobOf(2, { target: otherTarget }), jobOf(3)]
  for (const job of jobs) {
    await worker.store.jobs.commit({ jobs: [job], changes: [dead(numberIn(job.head))] })
    await world.clock.advance(10)
  }
  const list = (query: object, after: number | null = null) =>
    world.doing(worker.store.letters.list({ limit: 2, after, ...query }))
  const first = await list({})
  const second = await list({}, first.at(-1)?.position ?? null)
  const others = await list(otherTarget)
  assert.equal(
    [first, second, others].map((letters) => letters.map(({ head }) => numberIn(head))),
    [[1, 2], [3], [2]],
  )
  assert.equal(
    [Buffer.from(first[0]?.body ?? []).toString(), first[0]?.death],
    ['body of job 1', deathOf('the receiver said no')],
  )
  assert.ok(world.sqs.messagesOf(LETTERS).every(({ visibleAtMs }) => visibleAtMs <= world.clock.now()))
})

behaves('delivers a dead letter that was moved back, in another life, within the five minutes too', async (world) => {
  const worker = await world.open({ isFifo: true })
  await store(worker, [1])
  await world.clock.advance(1000)
  await taken(worker.store)
  await change(world, worker, tried(1, 4), dead(1))
  await world.clock.advance(120_000)
  const [letter] = world.sqs.messagesOf(`${LETTERS}.fifo`)
  world.sqs.put(`${QUEUE}.fifo`, { ...letter })
  await world.clock.advance(1000)
  const heads = await worker.store.jobs.take(target, 5)
  assert.equal(
    heads.map(({ life, attempts }) => [life, attempts]),
    [[1, 0]],
  )
  await change(world, worker, dead(1, 1))
  assert.is(world.sqs.messagesOf(`${LETTERS}.fifo`).length, 2)
})

behaves('lists what SQS itself gave up after too many receives', async (world) => {
  const host = await world.open(writing)
  await store(host, [1])
  for (const message of world.sqs.messagesOf(QUEUE)) message.receiveCount = 1000
  const worker = await world.open()
  await world.clock.advance(1000)
  const [letter] = await world.doing(worker.store.letters.list({ limit: 5, after: null }))
  assert.equal([letter?.death.cause, await taken(worker.store)], ['exhausted', []])
})

behaves('removes what comes again after it was done', async (world) => {
  const worker = await world.open()
  await store(worker, [1])
  await world.clock.advance(1000)
  await taken(worker.store)
  const [sent] = world.sqs.messagesOf(QUEUE)
  await change(world, worker, done(1))
  world.sqs.put(QUEUE, { ...sent })
  await world.clock.advance(1000)
  assert.equal([await taken(worker.store), world.sqs.messagesOf(QUEUE).length], [[], 0])
})

behaves('deletes both messages of a batch that was sent twice', async (world) => {
  const worker = await world.open()
  await store(worker, [1])
  await world.clock.advance(1000)
  const [sent] = world.sqs.messagesOf(QUEUE)
  world.sqs.put(QUEUE, { ...sent })
  await world.clock.advance(1000)
  assert.equal(await taken(worker.store), [1])
  await change(world, worker, done(1))
  assert.is(world.sqs.messagesOf(QUEUE).length, 0)
})

behaves('receives no more than it has room for', async (world) => {
  const worker = await world.open()
  await store(
    worker,
    Array.from({ length: 300 }, (_, index) => index + 1),
  )
  await world.clock.advance(2000)
  const inHand = world.sqs.messagesOf(QUEUE).filter(({ receiveCount }) => receiveCount > 0).length
  assert.ok(inHand >= 40 && inHand <= 50, `${inHand} in hand`)
})

behaves('lets an endpoint that takes nothing not stand before another, and keeps what it has of it', async (world) => {
  const worker = await world.open()
  await store(
    worker,
    Array.from({ length: 60 }, (_, index) => index + 1),
  )
  await store(worker, [100], otherTarget)
  await world.clock.advance(60_000)
  assert.equal([await taken(worker.store, otherTarget), worker.holder.drops], [[100], ['forget']])
})

behaves('lets many endpoints that take nothing not stand before another', async (world) => {
  const worker = await world.open()
  for (let endpoint = 0; endpoint < 12; endpoint++) {
    await store(
      worker,
      Array.from({ length: 10 }, (_, index) => endpoint * 10 + index + 1),
      { app: 'dead', endpoint: `wh_${endpoint}` },
    )
  }
  await store(worker, [1000], otherTarget)
  await world.clock.advance(300_000)
  assert.equal(await taken(worker.store, otherTarget), [1000])
})

behaves('gives nothing back while much is taken', async (world) => {
  const worker = await world.open()
  await store(
    worker,
    Array.from({ length: 900 }, (_, index) => index + 1),
  )
  const delivered: number[] = []
  for (let turn = 0; turn < 200 && delivered.length < 900; turn++) {
    await world.clock.advance(500)
    const heads = await worker.store.jobs.take(target, 20)
    const changes = heads.map(({ id }): JobChange => ({ kind: 'done', id }))
    await world.doing(worker.store.jobs.commit({ jobs: [], changes }))
    delivered.push(...heads.map(numberIn))
  }
  assert.equal([delivered.length, worker.holder.drops, world.sqs.messagesOf(QUEUE).length], [900, ['forget'], 0])
})

behaves('goes on receiving after SQS had too many messages in flight', async (world) => {
  const worker = await world.open()
  world.sqs.mostInFlight = 0
  await store(worker, [1])
  await world.clock.advance(20_000)
  world.sqs.mostInFlight = 120_000
  await world.clock.advance(5000)
  assert.equal([await taken(worker.store), worker.problems.length > 0], [[1], true])
})

const fifo = { isFifo: true }

behaves('keeps the order of an endpoint in a FIFO queue, though SQS does not take one of a call', async (world) => {
  const host = await world.open({ ...fifo, ...writing })
  world.sqs.failNext('send', 'throttled', { entries: [0] })
  await world.doing(store(host, [1, 2, 3]))
  const worker = await world.open(fifo)
  await world.clock.advance(1000)
  assert.equal(await taken(worker.store), [1, 2, 3])
})

behaves('keeps the order of an endpoint in a FIFO queue through a pause', async (world) => {
  const worker = await world.open(fifo)
  await store(
    worker,
    Array.from({ length: 12 }, (_, index) => index + 1),
  )
  await world.clock.advance(1000)
  await worker.store.jobs.take(target, 2)
  worker.store.handedOver?.pause(target, { untilMs: world.clock.unix() + 120_000, refilledMs: 0 })
  await change(world, worker)
  await world.clock.advance(121_000)
  assert.equal(await taken(worker.store), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].slice(0, 10))
})

behaves('takes no batch for another process’s that is being deleted while it is to be hidden again', async (world) => {
  const worker = await world.open(fifo)
  await store(worker, [1])
  await world.clock.advance(1000)
  await taken(worker.store)
  // The message is deleted, and the answer does not come.
  world.sqs.loseNext('remove')
  const ended = change(world, worker, done(1))
  await world.clock.advance(40_000)
  await ended
  assert.equal([worker.holder.losses, world.sqs.messagesOf(`${QUEUE}.fifo`)], [[], []])
})

behaves('gives an endpoint of a FIFO queue up when another process has its message', async (world) => {
  const worker = await world.open(fifo)
  await store(worker, [1])
  await world.clock.advance(1000)
  await taken(worker.store)
  for (const message of world.sqs.messagesOf(`${QUEUE}.fifo`)) message.handle = 'of another process'
  await world.clock.advance(20_000)
  assert.equal(worker.holder.losses, [{ reason: 'taken-over', parked: 0 }])
})

behaves('begins no attempt in a FIFO queue when others may have the message', async (world) => {
  const worker = await world.open(fifo)
  await store(worker, [1])
  await world.clock.advance(1000)
  await taken(worker.store)
  world.sqs.failNext('hide', 'unavailable', { times: 1000 })
  world.sqs.failNext('receive', 'unavailable', { times: 1000 })
  await world.clock.advance(25_000)
  assert.ok(worker.holder.untilMs > world.clock.now())
  await world.clock.advance(5000)
  assert.ok(worker.holder.untilMs < world.clock.now())
})

test.run()
