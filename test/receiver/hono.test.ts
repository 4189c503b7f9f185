import { once } from 'node:events'
import { createServer } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import * as assert from 'uvu/assert'
import { createReceiver, honoHandler } from '../../src/receiver/index.js'
import { adapterSuite } from './adapter-contract.js'
import { signedRequest } from './signed-request.js'

const test = adapterSuite('Hono', async (receiver, handler) => {
  const app = new Hono()
  app.post('/webhooks', honoHandler(receiver, handler))
  const server = createAdaptorServer({ fetch: app.fetch, hostname: '127.0.0.1', createServer })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}/webhooks`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    },
  }
})

test('answers 500 when something has read the request before', async () => {
  const receiver = createReceiver({ pusher: [{ key: 'app-key', secret: 'app-secret' }], onError: () => undefined })
  const app = new Hono()
  app.use(async (context, next) => {
    await context.req.raw.text()
    await next()
  })
  app.post(
    '/',
    honoHandler(receiver, () => undefined),
  )
  const response = await app.request('/', { method: 'POST', ...signedRequest() })
  assert.is(response.status, 500)
})

test.run()
