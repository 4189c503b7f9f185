import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { appWith, withDispatcher } from '../support/dispatcher.js'
import { type LambdaService, startLambdaService } from '../support/lambda-service.js'

const test = suite<{ service: LambdaService }>('Lambda webhooks')

const CREDENTIAL_VARIABLES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_EC2_METADATA_DISABLED']

test.before.each(async (context) => {
  context.service = await startLambdaService()
  process.env.AWS_ACCESS_KEY_ID = context.service.credentials.accessKeyId
  process.env.AWS_SECRET_ACCESS_KEY = context.service.credentials.secretAccessKey
  process.env.AWS_EC2_METADATA_DISABLED = 'true'
})
test.after.each(async ({ service }) => {
  for (const name of CREDENTIAL_VARIABLES) delete process.env[name]
  await service.close()
})

const target = ({ url }: LambdaService, more = {}) => ({
  lambda: { function_name: 'presence', region: 'us-east-1', endpoint_url: url, ...more },
})

test('a function gets the same body as an HTTP endpoint', ({ service }) =>
  withDispatcher({ apps: [appWith([target(service)])] }, async (dispatcher) => {
    dispatcher.app('app').memberAdded('presence-a', 'u1')
    await dispatcher.flush()
    const [{ functionName, invocationType, region, body } = { body: '{}' }] = service.invocations
    const { events } = JSON.parse(body)
    assert.equal(
      { functionName, invocationType, region, names: events.map(({ name }: { name: string }) => name) },
      { functionName: 'presence', invocationType: 'Event', region: 'us-east-1', names: ['member_added'] },
    )
  }))

test('no invocation is larger than Lambda takes, however large batches may be', ({ service }) =>
  withDispatcher(
    {
      apps: [appWith([target(service)])],
      webhooks: { batching: { max_bytes: 4_000_000, size: 10_000 } },
    },
    async (dispatcher) => {
      const app = dispatcher.app('app')
      const data = 'x'.repeat(100_000)
      for (let index = 0; index < 30; index++) app.clientEvent({ channel: 'private-a', event: 'client-e', data })
      await dispatcher.flush()
      const sizes = service.invocations.map(({ body }) => Buffer.byteLength(body))
      assert.equal(
        {
          delivered: dispatcher.stats().delivered,
          isWithin: sizes.every((size) => size < 1024 * 1024),
          isBatched: sizes.length < 30,
        },
        { delivered: 30, isWithin: true, isBatched: true },
      )
    },
  ))

test('a FunctionError is tried again', ({ service }) =>
  withDispatcher(
    {
      apps: [appWith([target(service, { invocation_type: 'RequestResponse' })])],
      webhooks: { retry: { initial_backoff_ms: 1 } },
    },
    async (dispatcher) => {
      const { answer } = service
      service.answer = (_, response) => {
        service.answer = answer
        response.writeHead(200, { 'X-Amz-Function-Error': 'Unhandled' }).end('{}')
      }
      dispatcher.app('app').channelOccupied('a')
      await dispatcher.flush()
      const { delivered, retries } = dispatcher.stats()
      assert.equal(
        { delivered, retries, invocations: service.invocations.length },
        { delivered: 1, retries: 1, invocations: 2 },
      )
    },
  ))

test('an endpoint_url that the egress policy refuses is not called', ({ service }) =>
  withDispatcher(
    { apps: [appWith([target(service)])], webhooks: { egress: { policy: 'public-only' } } },
    async (dispatcher) => {
      dispatcher.app('app').channelOccupied('a')
      await dispatcher.flush()
      const { items } = await dispatcher.deadLetters.list()
      assert.equal([items.map(({ cause }) => cause), service.invocations.length], [['egress-refused'], 0])
    },
  ))

test.run()
