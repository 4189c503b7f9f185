import type { IncomingMessage, ServerResponse } from 'node:http'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createReceiver, type Receiver, type WebhookError, type WebhookHandler } from '../../src/receiver/index.js'
import { post, type StartedServer } from './adapter-contract.js'
import { memberAdded, signedRequest } from './signed-request.js'

/** Something that sees the request before the adapter does. */
export type Middleware = (request: IncomingMessage, response: ServerResponse) => void

export type StartBehind = (receiver: Receiver, handler: WebhookHandler, first: Middleware) => Promise<StartedServer>

const encodings: readonly BufferEncoding[] = ['utf8', 'latin1', 'hex', 'base64']

/** What an adapter of a server of Node's has to outlive. The file of the adapter runs the suite. */
export function middlewareSuite(name: string, startBehind: StartBehind) {
  const test = suite(`${name} behind middleware`)

  function receiverWith(errors: WebhookError[] = []): Receiver {
    return createReceiver({
      pusher: [{ key: 'app-key', secret: 'app-secret' }],
      duplicates: false,
      onError: (error) => errors.push(error),
    })
  }

  for (const encoding of encodings) {
    test(`takes a body on which setEncoding('${encoding}') was called`, async () => {
      const seen: unknown[] = []
      const server = await startBehind(
        receiverWith(),
        ({ events }) => void seen.push(events),
        (request) => void request.setEncoding(encoding),
      )
      const payload = { time_ms: 1, events: [memberAdded], padding: 'é€😀'.repeat(40_000) }
      const status = await post(server, signedRequest({ payload }))
      await server.close()
      assert.equal([status, seen], [200, [[memberAdded]]])
    })
  }

  test('answers 500 to a body of which setEncoding has lost something', async () => {
    const errors: WebhookError[] = []
    const server = await startBehind(
      receiverWith(errors),
      () => undefined,
      (request) => void request.setEncoding('ascii'),
    )
    const status = await post(server, signedRequest())
    await server.close()
    assert.equal([status, errors.map(({ code }) => code)], [500, ['BODY_UNAVAILABLE']])
  })

  for (const when of ['before', 'while'] as const) {
    test(`outlives an answer that was given ${when} the webhook is handled`, async () => {
      let answer: () => void = () => undefined
      const server = await startBehind(
        receiverWith(),
        () => answer(),
        (_request, response) => {
          answer = () => {
            if (!response.headersSent) response.writeHead(503).end()
          }
          if (when === 'before') answer()
        },
      )
      const first = await post(server, signedRequest())
      const second = await post(server, signedRequest())
      await server.close()
      assert.equal([first, second], [503, 503])
    })
  }

  return test
}
