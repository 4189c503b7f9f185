import type { ServerResponse } from 'node:http'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { maxPayloadBytes } from '../../src/config/lambda-limits.js'
import type { LambdaTarget } from '../../src/config/model.js'
import { createEgressGuard } from '../../src/transport/egress.js'
import { createLambdaTransports } from '../../src/transport/lambda.js'
import { CREDENTIALS_PAUSE_MS } from '../../src/transport/lambda-outcomes.js'
import type { Delivery, Outcome, Transports } from '../../src/transport/transport.js'
import { sharedBytes } from '../signing/app.js'
import { answerException, type LambdaService, startLambdaService } from '../support/lambda-service.js'
import { httpEndpoint, testApp } from './support/endpoint.js'

const lambda = suite<{ service: LambdaService; transports: Transports }>('Lambda transport')

/** What the SDK's chain finds beside the test's own settings: nothing, on any machine. */
const environment = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nonexistent',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
}

lambda.before.each(async (context) => {
  const service = await startLambdaService()
  const { accessKeyId, secretAccessKey } = service.credentials
  Object.assign(process.env, environment, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey })
  delete process.env.AWS_REGION
  context.service = service
  context.transports = createLambdaTransports({ egress: createEgressGuard({ policy: 'no-metadata', allow: [] }) })
})
lambda.after.each(async ({ service, transports }) => {
  await transports.close()
  await service.close()
})

interface Call {
  readonly transports: Transports
  readonly target: LambdaTarget
  readonly delivery?: Partial<Delivery>
  readonly requestTimeoutMs?: number
}

function invoke({ transports, target, delivery = {}, requestTimeoutMs = 10_000 }: Call): Promise<Outcome> {
  const endpoint = httpEndpoint('', { target, requestTimeoutMs })
  return new Promise((resolve) => {
    transports
      .open(testApp, endpoint)
      .send({ id: 'delivery-1', body: sharedBytes('{"a":1}'), headers: [], ...delivery }, resolve)
  })
}

function target(service: LambdaService, overrides: Partial<LambdaTarget> = {}): LambdaTarget {
  return {
    kind: 'lambda',
    functionName: 'handler',
    invocationType: 'Event',
    qualifier: null,
    region: 'eu-west-1',
    endpointUrl: service.url,
    ...overrides,
  }
}

const waiting = { invocationType: 'RequestResponse' } as const

function failureOf(outcome: Outcome): { kind: string; cause: string } {
  return { kind: outcome.kind, cause: outcome.kind === 'delivered' ? 'none' : outcome.failure.cause }
}

lambda('queues an event: 202 is success', async ({ service, transports }) => {
  assert.equal(await invoke({ transports, target: target(service) }), { kind: 'delivered', status: 202 })
})

lambda('waits for the function with RequestResponse: 200 is success', async ({ service, transports }) => {
  assert.equal(await invoke({ transports, target: target(service, waiting) }), { kind: 'delivered', status: 200 })
})

lambda('sends the exact bytes', async ({ service, transports }) => {
  await invoke({ transports, target: target(service), delivery: { body: sharedBytes('{"é":"\\u0000"}') } })
  assert.is(service.invocations[0]?.body, '{"é":"\\u0000"}')
})

lambda('does not read the body any more once send has returned', async ({ service, transports }) => {
  const body = sharedBytes('before')
  const sent = invoke({ transports, target: target(service), delivery: { body } })
  body.fill('x')
  await sent
  assert.is(service.invocations[0]?.body, 'before')
})

lambda('never calls back before send has returned', async ({ service, transports }) => {
  const order: string[] = []
  const tooLarge = invoke({ transports, target: target(service), delivery: { body: Buffer.alloc(2 ** 21) } })
  const calledBack = tooLarge.then(() => order.push('called back'))
  order.push('returned')
  await calledBack
  assert.equal(order, ['returned', 'called back'])
})

lambda('invokes the version or alias that is asked for', async ({ service, transports }) => {
  await invoke({ transports, target: target(service, { qualifier: 'prod' }) })
  assert.is(service.invocations[0]?.qualifier, 'prod')
})

lambda('invokes a function that is named by its ARN', async ({ service, transports }) => {
  const functionName = 'arn:aws:lambda:eu-west-1:123456789012:function:handler'
  await invoke({ transports, target: target(service, { functionName }) })
  assert.is(service.invocations[0]?.functionName, functionName)
})

lambda('signs for the region of each webhook', async ({ service, transports }) => {
  await invoke({ transports, target: target(service, { region: 'eu-west-1' }) })
  await invoke({ transports, target: target(service, { region: 'us-east-2' }) })
  assert.equal(
    service.invocations.map(({ region }) => region),
    ['eu-west-1', 'us-east-2'],
  )
})

lambda("takes the region from the SDK's own chain", async ({ service, transports }) => {
  process.env.AWS_REGION = 'ap-south-1'
  await invoke({ transports, target: target(service, { region: null }) })
  assert.is(service.invocations[0]?.region, 'ap-south-1')
})

lambda(
  'tells a function that it waits for whose delivery it is, with the signature',
  async ({ service, transports }) => {
    const headers = ['X-Pusher-Key', 'key', 'X-Pusher-Signature', 'abc']
    await invoke({ transports, target: target(service, waiting), delivery: { headers } })
    assert.equal(service.invocations[0]?.clientContext, {
      custom: { 'app-id': 'app', 'webhook-id': 'delivery-1', 'x-pusher-key': 'key', 'x-pusher-signature': 'abc' },
    })
  },
)

lambda('sends no client context with Event, where AWS drops it', async ({ service, transports }) => {
  await invoke({ transports, target: target(service) })
  assert.is(service.invocations[0]?.clientContext, null)
})

lambda('refuses a client context that AWS would not take', async ({ service, transports }) => {
  const headers = ['webhook-signature', 'v1,'.repeat(1500)]
  const outcome = await invoke({ transports, target: target(service, waiting), delivery: { headers } })
  assert.equal(failureOf(outcome), { kind: 'rejected', cause: 'configuration' })
})

lambda('tries again when the function ran and failed', async ({ service, transports }) => {
  service.answer = (_invocation, response) => {
    response.writeHead(200, { 'X-Amz-Function-Error': 'Unhandled' }).end('{"errorMessage":"no"}')
  }
  const outcome = await invoke({ transports, target: target(service, waiting) })
  assert.equal(outcome, {
    kind: 'retry',
    failure: { cause: 'function-error', status: 200, message: 'Lambda function handler ran and failed (Unhandled)' },
    retryAfterMs: null,
  })
})

const exceptions: readonly (readonly [status: number, name: string, kind: string, cause: string])[] = [
  [400, 'InvalidRequestContentException', 'rejected', 'status'],
  [400, 'ThrottlingException', 'retry', 'status'],
  [403, 'AccessDeniedException', 'rejected', 'credentials'],
  [403, 'ExpiredTokenException', 'retry', 'credentials'],
  [403, 'UnrecognizedClientException', 'rejected', 'credentials'],
  [404, 'ResourceNotFoundException', 'rejected', 'status'],
  [408, 'EFSMountTimeoutException', 'retry', 'status'],
  [409, 'ResourceConflictException', 'retry', 'status'],
  [410, 'EFSIOException', 'retry', 'status'],
  [413, 'RequestTooLargeException', 'too-large', 'too-large'],
  [429, 'TooManyRequestsException', 'retry', 'status'],
  [500, 'ServiceException', 'retry', 'status'],
  [502, 'ResourceNotReadyException', 'retry', 'status'],
  [503, 'constructor', 'retry', 'status'],
]

for (const [status, name, kind, cause] of exceptions) {
  lambda(`${kind === 'retry' ? 'tries again' : 'gives up'} on ${status} ${name}`, async ({ service, transports }) => {
    service.answer = (_invocation, response) => answerException(response, status, name)
    assert.equal(failureOf(await invoke({ transports, target: target(service) })), { kind, cause })
  })
}

lambda('asks the service once an attempt', async ({ service, transports }) => {
  service.answer = (_invocation, response) => answerException(response, 500, 'ServiceException')
  await invoke({ transports, target: target(service) })
  assert.is(service.invocations.length, 1)
})

lambda('waits as long as a throttling service says', async ({ service, transports }) => {
  service.answer = (_invocation, response) =>
    answerException(response, 429, 'TooManyRequestsException', { 'Retry-After': '7' })
  const outcome = await invoke({ transports, target: target(service) })
  assert.is(outcome.kind === 'retry' && outcome.retryAfterMs, 7000)
})

lambda('says which permission is missing, and nothing that the service wrote', async ({ service, transports }) => {
  service.answer = (_invocation, response) => answerException(response, 403, 'AccessDeniedException')
  const outcome = await invoke({ transports, target: target(service) })
  assert.is(
    outcome.kind === 'rejected' && outcome.failure.message,
    'Lambda answered 403 AccessDeniedException for handler: allow lambda:InvokeFunction to the AWS credentials in use',
  )
})

lambda('gives up when the credentials are wrong', async ({ service, transports }) => {
  process.env.AWS_SECRET_ACCESS_KEY = 'another'
  const outcome = await invoke({ transports, target: target(service) })
  assert.equal(failureOf(outcome), { kind: 'rejected', cause: 'credentials' })
})

lambda("tries again by the service's clock when this machine's is wrong", async ({ service, transports }) => {
  const inAnHour = new Date(Date.now() + 3_600_000).toUTCString()
  service.answer = (_invocation, response) =>
    answerException(response, 403, 'InvalidSignatureException', { Date: inAnHour })
  const outcome = await invoke({ transports, target: target(service) })
  assert.equal(failureOf(outcome), { kind: 'retry', cause: 'credentials' })
})

lambda('looks for missing credentials again, but not for each batch', async ({ service, transports }) => {
  delete process.env.AWS_ACCESS_KEY_ID
  const outcome = await invoke({ transports, target: target(service) })
  assert.equal(outcome, {
    kind: 'retry',
    failure: {
      cause: 'credentials',
      status: null,
      message:
        'no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role for this machine',
    },
    retryAfterMs: CREDENTIALS_PAUSE_MS,
  })
})

lambda('finds credentials that came later', async ({ service, transports }) => {
  const { AWS_ACCESS_KEY_ID } = process.env
  delete process.env.AWS_ACCESS_KEY_ID
  await invoke({ transports, target: target(service) })
  Object.assign(process.env, { AWS_ACCESS_KEY_ID })
  assert.is((await invoke({ transports, target: target(service) })).kind, 'delivered')
})

lambda('gives up without a region, and says where to set it', async ({ service, transports }) => {
  const outcome = await invoke({ transports, target: target(service, { region: null }) })
  assert.equal(outcome, {
    kind: 'rejected',
    failure: {
      cause: 'configuration',
      status: null,
      message: 'no AWS region for the Lambda function handler: set lambda.region of the webhook, or AWS_REGION',
    },
    stop: false,
  })
})

for (const invocationType of ['Event', 'RequestResponse'] as const) {
  lambda(`takes a body of the size that ${invocationType} allows`, async ({ service, transports }) => {
    const body = Buffer.alloc(maxPayloadBytes(invocationType), 'a')
    const outcome = await invoke({ transports, target: target(service, { invocationType }), delivery: { body } })
    assert.is(outcome.kind, 'delivered')
  })

  lambda(`refuses a larger one for ${invocationType} without asking`, async ({ service, transports }) => {
    const body = Buffer.alloc(maxPayloadBytes(invocationType) + 1, 'a')
    const outcome = await invoke({ transports, target: target(service, { invocationType }), delivery: { body } })
    assert.equal(
      { ...failureOf(outcome), asked: service.invocations.length },
      { kind: 'rejected', cause: 'too-large', asked: 0 },
    )
  })
}

const faults: Readonly<Record<string, { answer: (response: ServerResponse) => void; cause: string }>> = {
  'never answers': { answer: () => undefined, cause: 'timeout' },
  'never ends its answer': { answer: (response) => response.writeHead(200).write('"'), cause: 'timeout' },
  'closes without an answer': { answer: (response) => response.socket?.destroy(), cause: 'reset' },
  'does not speak HTTP': { answer: (response) => response.socket?.end('garbage\r\n\r\n'), cause: 'protocol' },
  'answers more than Lambda can': {
    answer: (response) => response.writeHead(200).end(Buffer.alloc(8 * 1024 * 1024, 'a')),
    cause: 'protocol',
  },
}

for (const [fault, { answer, cause }] of Object.entries(faults)) {
  lambda(`tries again when the service ${fault}`, async ({ service, transports }) => {
    service.answer = (_invocation, response) => {
      answer(response)
    }
    const requestTimeoutMs = cause === 'timeout' ? 200 : 10_000
    const outcome = await invoke({ transports, target: target(service, waiting), requestTimeoutMs })
    assert.equal(failureOf(outcome), { kind: 'retry', cause })
  })
}

lambda('tries again when nobody listens', async ({ service, transports }) => {
  const outcome = await invoke({ transports, target: target(service, { endpointUrl: 'http://127.0.0.1:1' }) })
  assert.equal(failureOf(outcome), { kind: 'retry', cause: 'connect' })
})

lambda('asks the egress guard about the endpoint', async ({ service, transports }) => {
  const outcome = await invoke({ transports, target: target(service, { endpointUrl: 'http://169.254.169.254' }) })
  assert.equal(failureOf(outcome), { kind: 'rejected', cause: 'egress-refused' })
})

lambda("asks the egress guard about the addresses of the endpoint's name", async ({ service, transports }) => {
  await transports.close()
  const guard = createEgressGuard({ policy: 'no-metadata', allow: [] }, (_name, _options, callback) => {
    callback(null, [{ address: '169.254.169.254', family: 4 }])
    return () => undefined
  })
  const guarded = createLambdaTransports({ egress: guard })
  const outcome = await invoke({
    transports: guarded,
    target: target(service, { endpointUrl: 'http://metadata.example' }),
  })
  await guarded.close()
  assert.equal(failureOf(outcome), { kind: 'rejected', cause: 'egress-refused' })
})

lambda('lets go of what is under way when it is closed', async ({ service, transports }) => {
  const arrived = new Promise<void>((resolve) => {
    service.answer = () => resolve()
  })
  const outcome = invoke({ transports, target: target(service) })
  await arrived
  await transports.close()
  assert.equal(failureOf(await outcome), { kind: 'retry', cause: 'reset' })
})

lambda('sends nothing once it is closed', async ({ service, transports }) => {
  await transports.close()
  const outcome = await invoke({ transports, target: target(service) })
  assert.equal(
    { ...failureOf(outcome), asked: service.invocations.length },
    { kind: 'retry', cause: 'reset', asked: 0 },
  )
})

lambda.run()
