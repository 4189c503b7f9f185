import { generate } from 'selfsigned'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { deriveStandardWebhooksSecret } from '../../src/receiver/index.js'
import { ReceiverWaitError, startReceiver } from '../../src/testing/index.js'
import { signedRequest } from '../receiver/signed-request.js'
import { exampleApp } from '../signing/app.js'
import { deliver, webhook, withReceiver } from './receivers.js'

const test = suite('test receiver')

async function errorOf(promise: Promise<unknown>): Promise<ReceiverWaitError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof ReceiverWaitError) return error
  throw new Error('it did not fail as expected', { cause: error })
}

test('next() gives an event that has come', () =>
  withReceiver(async (receiver) => {
    await deliver(receiver.url, webhook('member_added'))
    const event = await receiver.next('member_added')
    assert.equal(event.user_id, 'u1')
  }))

test('next() waits for an event to come', () =>
  withReceiver(async (receiver) => {
    const next = receiver.next('channel_vacated')
    await deliver(receiver.url, webhook('member_added'))
    await deliver(receiver.url, webhook('channel_vacated'))
    assert.is((await next).name, 'channel_vacated')
  }))

test('next() gives each event once', () =>
  withReceiver(async (receiver) => {
    await deliver(receiver.url, webhook('member_added', 'first'))
    await receiver.next('member_added')
    const { code } = await errorOf(receiver.next('member_added', { timeoutMs: 1 }))
    assert.is(code, 'TIMEOUT')
  }))

test('those who wait for the same name get an event each, in turn', () =>
  withReceiver(async (receiver) => {
    const both = Promise.all([receiver.next('a'), receiver.next('a')])
    const events = [
      { name: 'a', n: 1 },
      { name: 'a', n: 2 },
    ]
    await deliver(receiver.url, signedRequest({ payload: { time_ms: 1, events } }))
    assert.equal(await both, events)
  }))

test('an event that does not come in time is an error that tells what came', () =>
  withReceiver(async (receiver) => {
    await deliver(receiver.url, webhook('member_added', 'first'))
    await deliver(receiver.url, webhook('member_added', 'second'))
    await deliver(receiver.url, { headers: {}, body: Buffer.from('{}') })
    const { message } = await errorOf(receiver.next('member_removed', { timeoutMs: 1 }))
    assert.is(
      message,
      'an event "member_removed" did not come within 1 ms; arrived: 3 requests; events: member_added ×2; ' +
        'invalid: MISSING_SIGNATURE: the request has no signature of the scheme pusher',
    )
  }))

test('the error of a wait shows the line that waited', () =>
  withReceiver(async (receiver) => {
    const waitHere = async () => {
      await receiver.next('member_added', { timeoutMs: 1 })
    }
    assert.match((await errorOf(waitHere())).stack ?? '', 'waitHere')
  }))

test('nextRequest() gives requests in turn, refused ones too', () =>
  withReceiver(async (receiver) => {
    await deliver(receiver.url, webhook('member_added'))
    await deliver(receiver.url, { headers: {}, body: Buffer.from('{}') })
    const requests = [await receiver.nextRequest(), await receiver.nextRequest()]
    assert.equal(
      requests.map(({ error }) => error?.code),
      [undefined, 'MISSING_SIGNATURE'],
    )
  }))

test('a request is recorded as it came', () =>
  withReceiver(async (receiver) => {
    const sent = signedRequest()
    await deliver(`${receiver.origin}/a?b=c`, sent)
    const { method, path, headers, body, id } = await receiver.nextRequest()
    assert.equal(
      [method, path, headers['x-pusher-key'], body.toString(), id],
      ['POST', '/a?b=c', 'app-key', sent.body.toString(), 'delivery-1'],
    )
  }))

test('waitFor() waits until the predicate holds', () =>
  withReceiver(async (receiver) => {
    const twice = receiver.waitFor(({ received }) => received.length === 2)
    await deliver(receiver.url, webhook('member_added'))
    await deliver(receiver.url, webhook('member_removed'))
    await twice
    assert.is(receiver.received.length, 2)
  }))

test('waitFor() fails with what the predicate throws', () =>
  withReceiver(async (receiver) => {
    const waiting = receiver.waitFor(() => {
      throw new Error('mistaken')
    })
    const message = await waiting.catch((error: Error) => error.message)
    assert.is(message, 'mistaken')
  }))

test('a bad signature is refused, recorded with the reason, and its events are not received', () =>
  withReceiver(async (receiver) => {
    const forged = webhook('member_added')
    forged.headers['x-pusher-signature'] = '0'.repeat(64)
    const { status } = await deliver(receiver.url, forged)
    const [invalid] = receiver.invalid
    assert.equal([status, invalid?.error?.code, receiver.received], [401, 'BAD_SIGNATURE', []])
  }))

test('Standard Webhooks signatures are verified', () =>
  withReceiver(
    async (receiver) => {
      const statuses = []
      for (const secret of ['app-secret', 'other']) {
        const signed = signedRequest({ app: exampleApp({ secret }), schemes: ['standard-webhooks'] })
        statuses.push((await deliver(receiver.url, signed)).status)
      }
      assert.equal(statuses, [200, 401])
    },
    { pusher: [], standardWebhooks: [deriveStandardWebhooksSecret('app-secret')] },
  ))

test('a delivery that comes again is acknowledged, counted, and not received again', () =>
  withReceiver(async (receiver) => {
    await deliver(receiver.url, webhook('member_added'))
    const { status } = await deliver(receiver.url, webhook('member_added'))
    const { duplicates, received, requests } = receiver
    assert.equal(
      [status, duplicates.length, received.length, requests.map(({ attempt }) => attempt)],
      [200, 1, 1, [1, 2]],
    )
  }))

test('connections and requests in flight are counted', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ hang: true, times: 2 })
    const hanging = [deliver(receiver.url, webhook('a')), deliver(receiver.url, webhook('b'))]
    await receiver.waitFor(({ requests }) => requests.length === 2)
    const { connections, maxInFlight } = receiver
    await receiver.close()
    await Promise.allSettled(hanging)
    assert.equal([connections, maxInFlight], [2, 2])
  }))

test('without verification every request is acknowledged', () =>
  withReceiver(
    async (receiver) => {
      const statuses = []
      for (const body of ['no JSON', '{"time_ms":1,"events":[{"name":"a"}]}']) {
        statuses.push((await deliver(receiver.url, { headers: {}, body: Buffer.from(body) })).status)
      }
      assert.equal([statuses, receiver.received], [[200, 200], [{ name: 'a' }]])
    },
    { pusher: [], verify: false },
  ))

test('serves HTTPS with a certificate of the caller', async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  await withReceiver(
    async (receiver) => {
      const { status } = await deliver(receiver.url, webhook('member_added'), cert)
      assert.equal([receiver.url.split(':')[0], status], ['https', 200])
    },
    { tls: { key, cert } },
  )
})

test('who still waits when it closes is told', () =>
  withReceiver(async (receiver) => {
    const waiting = errorOf(receiver.next('member_added'))
    await receiver.close()
    assert.is((await waiting).code, 'CLOSED')
  }))

test('closes twice, and by disposal', async () => {
  const receiver = await startReceiver({ verify: false })
  await receiver.close()
  await receiver[Symbol.asyncDispose]()
  const refused = await deliver(receiver.url).catch((error: { code: string }) => error.code)
  assert.is(refused, 'ECONNREFUSED')
})

test('needs secrets unless told not to verify', async () => {
  const code = await startReceiver({}).catch((error: { code: string }) => error.code)
  assert.is(code, 'INVALID_OPTIONS')
})

test.run()
