import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SQS_ENVIRONMENT } from '../../../scripts/servers/sqs.js'
import { SqsClient } from '../../../src/queue/sqs/client.js'
import type { OutgoingMessage, SqsFailure } from '../../../src/queue/sqs/port.js'

const test = suite("SQS's answers, by the SDK")

Object.assign(process.env, SQS_ENVIRONMENT)

interface Answer {
  readonly status: number
  readonly body: object
}

interface Asked {
  readonly action: string
  readonly input: Readonly<Record<string, unknown>>
  readonly accessKey: string
}

const refusal = (type: string, status = 400): Answer => ({
  status,
  body: { __type: `com.amazonaws.sqs#${type}`, message: type },
})
const accepted = (body: object = {}): Answer => ({ status: 200, body })

/** Runs a check with a client of a server that gives these answers, one after the other. */
async function withAnswers(
  answers: readonly Answer[],
  check: (client: SqsClient, asked: readonly Asked[], url: string) => Promise<void>,
): Promise<void> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const input = JSON.parse(await textOf(request)) as Asked['input']
    const accessKey = /Credential=([^/]*)/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const answer = answers[asked.length] ?? accepted()
    asked.push({ action: String(request.headers['x-amz-target']), input, accessKey })
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(JSON.stringify(answer.body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new SqsClient({ region: 'eu-west-1', endpointUrl: url })
  try {
    await check(client, asked, `${url}/1/signpost`)
  } finally {
    client.close()
    server.closeAllConnections()
    server.close()
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const message: OutgoingMessage = {
  text: 'body',
  attributes: { a: { text: 't' }, n: { number: 5 } },
  group: 'g',
  deduplicationId: 'd',
}
const failureOf = (work: Promise<unknown>): Promise<SqsFailure> => {
  return work.then(
    () => assert.unreachable('it did not fail'),
    (error: SqsFailure) => error,
  ) as Promise<SqsFailure>
}

const REFUSALS: readonly (readonly [Answer, SqsFailure['kind']])[] = [
  [refusal('OverLimit', 403), 'throttled'],
  [refusal('RequestThrottled'), 'throttled'],
  [refusal('ServiceUnavailable', 503), 'throttled'],
  [refusal('ExpiredToken', 403), 'credentials'],
  [refusal('AccessDeniedException'), 'credentials'],
  [refusal('QueueDoesNotExist'), 'no-queue'],
  [refusal('InternalFailure', 500), 'unavailable'],
]

for (const [answer, kind] of REFUSALS) {
  test(`${JSON.stringify(answer.body)} with ${answer.status} is ${kind}, and is not tried again by the SDK`, () =>
    withAnswers([answer], async (client, asked, url) => {
      assert.is((await failureOf(client.send(url, [message]))).kind, kind)
      assert.is(asked.length, 1)
    }))
}

test('the outcome of each message is told apart', () => {
  const failed = [
    { Id: '1', Code: 'InternalError', SenderFault: false },
    { Id: '2', Code: 'InvalidMessageContents', Message: 'no', SenderFault: true },
  ]
  return withAnswers([accepted({ Successful: [], Failed: failed })], async (client, _, url) => {
    const outcomes = await client.send(url, [message, message, message])
    assert.equal(
      outcomes.map((outcome) => outcome?.kind ?? null),
      [null, 'throttled', 'refused-message'],
    )
  })
})

test('a message has its group, and an id against repeats in a FIFO queue alone', () =>
  withAnswers([], async (client, asked, url) => {
    await client.send(url, [message])
    await client.send(`${url}.fifo`, [message])
    const entries = asked.map(({ input }) => (input.Entries as Record<string, unknown>[])[0])
    assert.equal(
      entries.map((entry) => [entry?.MessageGroupId, entry?.MessageDeduplicationId]),
      [
        ['g', undefined],
        ['g', 'd'],
      ],
    )
    assert.equal(entries[0]?.MessageAttributes, {
      a: { DataType: 'String', StringValue: 't' },
      n: { DataType: 'Number', StringValue: '5' },
    })
  }))

test('credentials that are refused are taken anew', () =>
  withAnswers([refusal('ExpiredToken', 403)], async (client, asked, url) => {
    await failureOf(client.remove(url, ['h']))
    process.env.AWS_ACCESS_KEY_ID = 'fresh'
    try {
      await client.remove(url, ['h'])
    } finally {
      Object.assign(process.env, SQS_ENVIRONMENT)
    }
    assert.equal(
      asked.map(({ accessKey }) => accessKey),
      ['test', 'fresh'],
    )
  }))

test('a request for messages ends when it is told to', () =>
  withAnswers([], async (client, _, url) => {
    const ending = new AbortController()
    ending.abort()
    const request = { mostMessages: 10, waitSeconds: 20, hiddenSeconds: 30, signal: ending.signal }
    assert.is((await failureOf(client.receive(url, request))).kind, 'unavailable')
  }))

test('a queue that is not there is found to be none', () =>
  withAnswers([refusal('QueueDoesNotExist')], async (client) => {
    assert.is(await client.find({ name: 'signpost', url: null }), null)
  }))

test.run()
