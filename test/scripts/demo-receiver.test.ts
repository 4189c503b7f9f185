import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ReceiverProcess } from '../../scripts/demo/receiver-process.js'
import { signedRequest } from '../receiver/signed-request.js'
import { exampleApp } from '../signing/app.js'

const test = suite<{ receiver: ReceiverProcess }>("the demonstration's receiver")

test.before.each(async (context) => {
  const { id, key, secret } = exampleApp()
  context.receiver = await ReceiverProcess.start([{ id, key, secret }])
})
test.after.each(({ receiver }) => receiver.stop())

const post = async (url: string, headers: Record<string, string>, body: Buffer<ArrayBuffer>): Promise<void> => {
  await (await fetch(url, { method: 'POST', headers, body })).arrayBuffer()
}

test('counts the events of a delivery once, however often it comes', async ({ receiver }) => {
  const { headers, body } = signedRequest()
  await post(receiver.url, headers, body)
  await post(receiver.url, headers, body)
  assert.equal(await receiver.counts(), { requests: 2, verified: 1, invalid: 0 })
})

test('counts each numbered event within the ranges once, and says how often one came again', async ({ receiver }) => {
  const channels = [3, 4, 4, 9].map((number) => `presence-chat-${number}`)
  for (const channel of channels) {
    const event = { name: 'channel_occupied', channel }
    const { headers, body } = signedRequest({ payload: { time_ms: 1, events: [event] } })
    await post(receiver.url, headers, body)
  }
  const ranges = [
    [0, 4],
    [4, 9],
  ] as const
  assert.equal(await receiver.received(ranges), { received: 2, repeated: 1 })
})

test('does not verify a body that was changed', async ({ receiver }) => {
  const { headers, body } = signedRequest()
  await post(receiver.url, headers, Buffer.from(`${body} `))
  assert.equal(await receiver.counts(), { requests: 1, verified: 0, invalid: 1 })
})

test('does not verify an invocation that is not signed', async ({ receiver }) => {
  const { body } = signedRequest()
  await post(`${receiver.url}/2015-03-31/functions/handleClientEvents/invocations`, {}, body)
  assert.equal(await receiver.counts(), { requests: 1, verified: 0, invalid: 1 })
})

test.run()
