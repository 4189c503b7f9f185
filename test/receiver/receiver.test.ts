import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  createReceiver,
  type ReceiverOptions,
  type WebhookError,
  type WebhookHandler,
} from '../../src/receiver/index.js'
import { type SignedRequest, signedRequest } from './signed-request.js'

const test = suite('receiver')

const pusher = [{ key: 'app-key', secret: 'app-secret' }]

function harness(options: ReceiverOptions = {}) {
  const errors: WebhookError[] = []
  const receiver = createReceiver({ pusher, onError: (error) => errors.push(error), ...options })
  const handle = (handler: WebhookHandler, { headers, body }: SignedRequest = signedRequest()) =>
    receiver.handle({ method: 'POST', headers, readBody: async () => body }, handler)
  return { errors, receiver, handle }
}

const ignore = () => undefined
const fail = () => {
  throw new Error('database down')
}

test('a processed webhook is answered with 200', async () => {
  const { handle } = harness()
  const { status, body } = await handle(ignore)
  assert.equal([status, body], [200, '{"status":"processed"}'])
})

test('a duplicate is answered with 200 and not handled again', async () => {
  const { handle } = harness()
  let calls = 0
  const count = () => {
    calls++
  }
  await handle(count)
  const { status, body } = await handle(count)
  assert.equal([status, body, calls], [200, '{"status":"duplicate"}', 1])
})

test('with duplicates off every delivery is handled', async () => {
  const { handle } = harness({ duplicates: false })
  let calls = 0
  for (let index = 0; index < 2; index++) await handle(() => void calls++)
  assert.is(calls, 2)
})

test('deliveries without an id are all handled', async () => {
  const { handle } = harness()
  let calls = 0
  for (let index = 0; index < 2; index++) await handle(() => void calls++, signedRequest({ id: null }))
  assert.is(calls, 2)
})

test('a failed handler is answered with 500, and the next attempt is handled', async () => {
  const { handle } = harness()
  const first = await handle(fail)
  const second = await handle(ignore)
  assert.equal([first.status, second.body], [500, '{"status":"processed"}'])
})

test('what the handler threw is told to onError and not to the sender', async () => {
  const { errors, handle } = harness()
  const { body } = await handle(fail)
  const [{ code, cause } = { code: 'none', cause: null }] = errors
  assert.equal([code, String(cause), body.includes('database')], ['HANDLER_FAILED', 'Error: database down', false])
})

test('without onError what the handler threw becomes a process warning', async () => {
  const receiver = createReceiver({ pusher })
  const { headers, body } = signedRequest()
  const warning = once(process, 'warning')
  await receiver.handle({ method: 'POST', headers, readBody: async () => body }, fail)
  const [error] = await warning
  assert.is(String(error), 'Error: database down')
})

test('a second attempt that comes during the first is told to come again', async () => {
  const { handle } = harness()
  let finish = ignore
  const finished = new Promise<void>((resolve) => {
    finish = () => void resolve()
  })
  const first = handle(() => finished)
  const second = await handle(ignore)
  finish()
  await first
  assert.equal([second.status, second.headers['retry-after']], [409, '1'])
})

test('another method than POST is answered with 405', async () => {
  const { receiver } = harness()
  const answer = await receiver.handle({ method: 'GET', headers: {}, readBody: async () => new Uint8Array() }, ignore)
  assert.equal([answer.status, answer.headers.allow], [405, 'POST'])
})

test('a refusal is answered with its code and told to onError', async () => {
  const { errors, handle } = harness()
  const { status, body } = await handle(ignore, { headers: {}, body: Buffer.from('{}') })
  assert.equal(
    [status, JSON.parse(body).error.code, errors.map((error) => error.code)],
    [401, 'MISSING_SIGNATURE', ['MISSING_SIGNATURE']],
  )
})

const unreachable = () => Promise.reject(new Error('store down'))

test('when the store cannot be asked, the sender is told to try again', async () => {
  const { handle } = harness({ duplicates: { claim: unreachable, complete: ignore, release: ignore } })
  const { status } = await handle(ignore)
  assert.is(status, 503)
})

test('when the store cannot be told, what was processed stands and the failure is reported', async () => {
  const { errors, handle } = harness({ duplicates: { claim: () => 'new', complete: unreachable, release: ignore } })
  const { status } = await handle(ignore)
  assert.equal([status, errors.map((error) => error.code)], [200, ['STORE_FAILED']])
})

test.run()
