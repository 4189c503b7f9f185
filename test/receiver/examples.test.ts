import { createServer } from 'node:http'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createReceiver } from '../../src/receiver/index.js'
import * as edgeExample from '../examples/receiver/edge.js'
import * as expressExample from '../examples/receiver/express.js'
import * as fastifyExample from '../examples/receiver/fastify.js'
import * as honoExample from '../examples/receiver/hono.js'
import * as nodeExample from '../examples/receiver/node.js'
import { redisDuplicates } from '../examples/receiver/redis-store.js'
import { receive } from '../examples/receiver/verify.js'
import { post } from './adapter-contract.js'
import { listen } from './listen.js'
import { signedRequest } from './signed-request.js'

const test = suite('examples of receivers')

test('node:http', async () => {
  const server = await listen(nodeExample.server)
  await post(server, signedRequest())
  await server.close()
  assert.equal([...nodeExample.online], ['u1'])
})

test('Express', async () => {
  const server = await listen(createServer(expressExample.app), '/webhooks')
  await post(server, signedRequest())
  await server.close()
  assert.equal([...expressExample.online], ['u1'])
})

test('Fastify', async () => {
  const { headers, body } = signedRequest()
  await fastifyExample.app.inject({ method: 'POST', url: '/webhooks', headers, payload: body })
  await fastifyExample.app.close()
  assert.equal([...fastifyExample.online], ['u1'])
})

test('Hono', async () => {
  await honoExample.app.request('/webhooks', { method: 'POST', ...signedRequest() })
  assert.equal([...honoExample.online], ['u1'])
})

test('edge runtimes', async () => {
  const { headers, body } = signedRequest()
  const request = new Request('https://edge.example/webhooks', { method: 'POST', headers, body })
  const { status } = await edgeExample.default.fetch(request)
  assert.equal([status, [...edgeExample.online]], [200, ['u1']])
})

test('verification alone', () => {
  const { headers, body } = signedRequest()
  const good = receive(headers, body)
  const bad = receive(headers, Buffer.from('{}'))
  assert.equal([typeof good, bad], ['object', 401])
})

test('a store in Redis', async () => {
  const keys = new Map<string, string>()
  const redis = {
    async set(key: string, value: string, _px: 'PX', _ms: number, onlyNew?: 'NX') {
      const before = keys.get(key) ?? null
      if (onlyNew === undefined || before === null) keys.set(key, value)
      return before
    },
    async del(key: string) {
      keys.delete(key)
    },
  }
  const receiver = createReceiver({
    pusher: [{ key: 'app-key', secret: 'app-secret' }],
    duplicates: redisDuplicates(redis),
    onError: () => undefined,
  })
  const { headers, body } = signedRequest()
  const deliver = (handler: () => void) =>
    receiver.handle({ method: 'POST', headers, readBody: async () => body }, handler)
  const failed = await deliver(() => {
    throw new Error('database down')
  })
  const processed = await deliver(() => undefined)
  const duplicate = await deliver(() => undefined)
  assert.equal(
    [failed.status, processed.body, duplicate.body],
    [500, '{"status":"processed"}', '{"status":"duplicate"}'],
  )
})

test.run()
