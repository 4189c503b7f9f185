import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MOST_SQS_BODY_BYTES, MOST_SQS_BYTES, sqsMessageBytes, sqsPlaces } from '../../src/config/sqs-limits.js'
import { describeQueue } from '../../src/preflight/queue-durability.js'
import { checkSqsQueue } from '../../src/preflight/sqs-queue.js'
import { loaded } from './support.js'

const test = suite('the preflight of the queue sqs')

const webhook = (concurrency: number) => ({
  apps: [
    {
      id: 'a',
      key: 'k',
      secret: 's',
      webhooks: [{ url: 'https://r.example', event_types: ['member_added'], concurrency }],
    },
  ],
})

const findingsOf = (sqs: object, further: object = {}) =>
  checkSqsQueue(loaded({ queue: { driver: 'sqs', sqs }, ...further }).config)

test('says of a standard queue that it keeps no order, and of a FIFO queue that it does', () => {
  const told = (fifo: boolean) => describeQueue(loaded({ queue: { driver: 'sqs', sqs: { fifo } } }).config.queue)
  assert.match(told(false), 'a standard queue keeps no order')
  assert.match(told(true), 'a FIFO queue keeps order at concurrency 1')
})

test('finds nothing where the defaults are used', () => {
  assert.equal(findingsOf({}), { problems: [], warnings: [] })
})

test('does not look at another driver', () => {
  const { config } = loaded({ queue: { driver: 'memory', sqs: { visibility_timeout: 0 } } })
  assert.equal(checkSqsQueue(config), { problems: [], warnings: [] })
})

const WRONG: readonly (readonly [string, object, object])[] = [
  ['webhooks.batching.max_bytes', {}, { webhooks: { batching: { max_bytes: MOST_SQS_BODY_BYTES + 1 } } }],
  ['queue.sqs.visibility_timeout', { visibility_timeout: 1 }, {}],
  ['queue.sqs.queue_url_prefix', { queue_url_prefix: 'prod-' }, {}],
  ['queue.sqs.queue_url_prefix', { queue_url_prefix: 'https://sqs.eu-west-1.amazonaws.com/123/a.b-' }, {}],
  ['queue.sqs.queue_url_prefix', { queue_url_prefix: `https://sqs.eu-west-1.amazonaws.com/123/${'p'.repeat(70)}` }, {}],
]

for (const [path, sqs, further] of WRONG) {
  test(`${JSON.stringify(sqs)} with ${JSON.stringify(further)} stops the start at ${path}`, () => {
    assert.equal(
      findingsOf(sqs, further).problems.map((problem) => [problem.path, problem.concerns]),
      [[path, 'start']],
    )
  })
}

test('takes the largest body that always fits', () => {
  const { problems } = findingsOf({}, { webhooks: { batching: { max_bytes: MOST_SQS_BODY_BYTES } } })
  assert.equal([problems, sqsMessageBytes(MOST_SQS_BODY_BYTES) <= MOST_SQS_BYTES], [[], true])
})

test('warns of order that is wanted and not kept', () => {
  const warned = (concurrency: number, fifo: boolean) =>
    findingsOf({ fifo }, webhook(concurrency)).warnings.map(({ path }) => path)
  assert.equal([warned(4, false), warned(1, false), warned(1, true)], [[], ['queue.sqs.fifo'], []])
})

test('names the queues by the prefix of their URLs', () => {
  const { jobs, letters } = sqsPlaces('https://sqs.eu-west-1.amazonaws.com/123/prod-', true)
  assert.equal(
    [jobs, letters.name],
    [
      { name: 'prod-signpost.fifo', url: 'https://sqs.eu-west-1.amazonaws.com/123/prod-signpost.fifo' },
      'prod-signpost-dead-letters.fifo',
    ],
  )
})

test.run()
