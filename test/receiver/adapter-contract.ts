import { once } from 'node:events'
import { connect } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  createReceiver,
  type ReceivedWebhook,
  type Receiver,
  type WebhookError,
  type WebhookHandler,
} from '../../src/receiver/index.js'
import { memberAdded, type SignedRequest, signedRequest } from './signed-request.js'

export interface StartedServer {
  /** Where webhooks go. */
  readonly url: string
  close(): Promise<unknown>
}

interface Context {
  server: StartedServer
  handler: WebhookHandler
  webhooks: ReceivedWebhook[]
  errors: WebhookError[]
}

const maxBytes = 64 * 1024

/** What every adapter has to do, over real HTTP. The file of the adapter runs the suite. */
export function adapterSuite(
  name: string,
  start: (receiver: Receiver, handler: WebhookHandler) => Promise<StartedServer>,
) {
  const test = suite<Context>(name)

  test.before.each(async (context) => {
    context.webhooks = []
    context.errors = []
    context.handler = () => undefined
    const receiver = createReceiver({
      pusher: [{ key: 'app-key', secret: 'app-secret' }],
      maxBytes,
      onError: (error) => context.errors.push(error),
    })
    context.server = await start(receiver, async (webhook) => {
      context.webhooks.push(webhook)
      await context.handler(webhook)
    })
  })
  test.after.each(async ({ server }) => {
    await server.close()
  })

  test('hands a webhook to the handler and answers 200', async ({ server, webhooks }) => {
    const status = await post(server, signedRequest())
    assert.equal([status, webhooks.map(({ events }) => events)], [200, [[memberAdded]]])
  })

  test('takes a body without a content type', async ({ server }) => {
    const { headers, body } = signedRequest()
    const { 'content-type': _, ...others } = headers
    assert.is(await post(server, { headers: others, body }), 200)
  })

  test('refuses a bad signature with 401 without calling the handler', async ({ server, webhooks }) => {
    const request = signedRequest()
    request.headers['x-pusher-signature'] = '0'.repeat(64)
    const status = await post(server, request)
    assert.equal([status, webhooks.length], [401, 0])
  })

  test('answers a duplicate with 200 without calling the handler again', async ({ server, webhooks }) => {
    await post(server, signedRequest())
    const status = await post(server, signedRequest())
    assert.equal([status, webhooks.length], [200, 1])
  })

  test('answers 500 when the handler fails, and handles the next attempt', async (context) => {
    context.handler = () => Promise.reject(new Error('database down'))
    const first = await post(context.server, signedRequest())
    context.handler = () => undefined
    const second = await post(context.server, signedRequest())
    assert.equal([first, second, context.webhooks.length], [500, 200, 2])
  })

  test('takes a body of exactly the bound', async ({ server }) => {
    const payload = { time_ms: 1, events: [], padding: '' }
    payload.padding = 'x'.repeat(maxBytes - JSON.stringify(payload).length)
    assert.is(await post(server, signedRequest({ payload })), 200)
  })

  test('refuses a body over the bound with 413', async ({ server, webhooks }) => {
    const status = await post(server, signedRequest({ payload: { padding: 'x'.repeat(2 * 1024 * 1024) } }))
    assert.equal([status, webhooks.length], [413, 0])
  })

  test('refuses a body over the bound that does not say its length with 413', async ({ server }) => {
    const { headers, body } = signedRequest({ payload: { padding: 'x'.repeat(maxBytes) } })
    const response = await fetch(server.url, {
      method: 'POST',
      headers,
      body: new Blob([body]).stream(),
      duplex: 'half',
    })
    await response.arrayBuffer()
    assert.is(response.status, 413)
  })

  test('outlives a sender that breaks off within the body', async ({ server }) => {
    const { hostname, port, pathname } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    socket.write(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"time_ms"`)
    await once(socket, 'connect')
    socket.end()
    socket.resume()
    await once(socket, 'close')
    assert.is(await post(server, signedRequest()), 200)
  })

  return test
}

/** Sends the request and gives the status. */
export async function post({ url }: { readonly url: string }, { headers, body }: SignedRequest): Promise<number> {
  const response = await fetch(url, { method: 'POST', headers, body })
  await response.arrayBuffer()
  return response.status
}
