import { createServer } from 'node:http'
import express, { type RequestHandler } from 'express'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createReceiver, expressHandler, type Receiver, type WebhookHandler } from '../../src/receiver/index.js'
import { adapterSuite, post, type StartedServer } from './adapter-contract.js'
import { listen } from './listen.js'
import { middlewareSuite } from './middleware-contract.js'
import { signedRequest } from './signed-request.js'

const contract = adapterSuite('Express', (receiver, handler) => serve(receiver, handler))

const behind = middlewareSuite('Express', (receiver, handler, first) =>
  serve(receiver, handler, (request, response, next) => {
    first(request, response)
    next()
  }),
)

const test = suite('Express with body parsers')

function serve(receiver: Receiver, handler: WebhookHandler, ...parsers: RequestHandler[]): Promise<StartedServer> {
  const app = express()
  for (const parser of parsers) app.use(parser)
  app.post('/webhooks', expressHandler(receiver, handler))
  return listen(createServer(app), '/webhooks')
}

async function statusBehind(...parsers: RequestHandler[]): Promise<number> {
  const receiver = createReceiver({
    pusher: [{ key: 'app-key', secret: 'app-secret' }],
    maxBytes: 1024,
    onError: () => undefined,
  })
  const server = await serve(receiver, () => undefined, ...parsers)
  try {
    return await post(server, signedRequest())
  } finally {
    await server.close()
  }
}

test('takes the bytes that express.raw() has read', async () => {
  assert.is(await statusBehind(express.raw({ type: 'application/json' })), 200)
})

test('takes the bytes that a parser kept as rawBody', async () => {
  const keepRawBody = express.json({
    verify: (request, _response, rawBody) => {
      Object.assign(request, { rawBody })
    },
  })
  assert.is(await statusBehind(keepRawBody), 200)
})

test('answers 500 behind a parser that did not keep the bytes', async () => {
  assert.is(await statusBehind(express.json()), 500)
})

contract.run()
behind.run()
test.run()
