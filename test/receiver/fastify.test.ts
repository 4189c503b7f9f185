import Fastify from 'fastify'
import * as assert from 'uvu/assert'
import { createReceiver, fastifyWebhooks } from '../../src/receiver/index.js'
import { adapterSuite } from './adapter-contract.js'
import { middlewareSuite } from './middleware-contract.js'

const test = adapterSuite('Fastify', async (receiver, handler) => {
  const app = Fastify({ forceCloseConnections: true })
  await app.register(fastifyWebhooks(receiver, handler, { path: '/webhooks' }))
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  return { url: `${origin}/webhooks`, close: () => app.close() }
})

test('leaves the body parsers of other routes alone', async () => {
  const app = Fastify()
  await app.register(fastifyWebhooks(createReceiver({ pusher: [{ key: 'k', secret: 's' }] }), () => undefined))
  app.post('/other', async ({ body }) => body)
  const response = await app.inject({ method: 'POST', url: '/other', payload: { a: 1 } })
  await app.close()
  assert.equal(response.json(), { a: 1 })
})

const behind = middlewareSuite('Fastify', async (receiver, handler, first) => {
  const app = Fastify({ forceCloseConnections: true })
  app.addHook('preParsing', async (request, reply, payload) => {
    first(request.raw, reply.raw)
    return payload
  })
  await app.register(fastifyWebhooks(receiver, handler, { path: '/webhooks' }))
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  return { url: `${origin}/webhooks`, close: () => app.close() }
})

test.run()
behind.run()
