import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeCertificate } from '../../scripts/certificate.js'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { startReceiver } from '../../src/testing/index.js'
import { appWith, CREDENTIALS, withDispatcher } from '../support/dispatcher.js'
import { startNginx } from '../support/nginx.js'

const test = suite('receivers')

test('nginx accepts what is sent', async () => {
  const nginx = await startNginx({
    http: `log_format webhook '$request_method $uri $status $content_type $http_x_pusher_key';`,
    server: `location / { client_max_body_size 1m; access_log access.log webhook; return 204; }`,
  })
  try {
    await withDispatcher({ apps: [appWith([{ url: `http://127.0.0.1:${nginx.port}/hook` }])] }, async (dispatcher) => {
      for (let index = 0; index < 250; index++) dispatcher.app('app').channelOccupied(`room-${index}`)
      await dispatcher.flush()
      const { delivered, delivered_requests, failed } = dispatcher.stats()
      assert.equal(
        { delivered, failed, isBatched: delivered_requests <= 50 },
        { delivered: 250, failed: 0, isBatched: true },
      )
    })
  } finally {
    await nginx.stop()
  }
})

test('HTTPS with a certificate of its own authority', async () => {
  const certificate = await makeCertificate()
  const folder = temporaryFolder()
  const receiver = await startReceiver({ pusher: [CREDENTIALS], tls: certificate })
  try {
    const ca = folder.write('ca.pem', certificate.cert)
    await withDispatcher({ apps: [appWith([{ url: receiver.url, tls: { ca } }])] }, async (dispatcher) => {
      dispatcher.app('app').channelOccupied('a')
      const event = await receiver.next('channel_occupied')
      assert.is(event.channel, 'a')
    })
  } finally {
    await receiver.close()
    folder.remove()
  }
})

test('a receiver on IPv6', async () => {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()))
    request.on('end', () => response.end())
  })
  server.listen(0, '::1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    await withDispatcher({ apps: [appWith([{ url: `http://[::1]:${port}/` }])] }, async (dispatcher) => {
      dispatcher.app('app').channelOccupied('six')
      await dispatcher.flush()
      assert.match(bodies.join(''), /"channel":"six"/)
    })
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('both signatures on one request', async () => {
  const secret = `whsec_${Buffer.from('a secret of thirty-two bytes ok!').toString('base64')}`
  const receiver = await startReceiver({ pusher: [CREDENTIALS], standardWebhooks: [secret] })
  try {
    await withDispatcher(
      {
        apps: [appWith([{ url: receiver.url }], { standard_webhooks_secret: secret })],
        webhooks: { signature: ['pusher', 'standard-webhooks'] },
      },
      async (dispatcher) => {
        dispatcher.app('app').channelOccupied('a')
        await dispatcher.flush()
        assert.equal([receiver.received.length, receiver.invalid.length], [1, 0])
      },
    )
  } finally {
    await receiver.close()
  }
})

test('an address that the egress policy refuses is a final failure with its own cause', async () => {
  await withDispatcher(
    { apps: [appWith([{ url: 'http://127.0.0.1:9/' }])], webhooks: { egress: { policy: 'public-only' } } },
    async (dispatcher) => {
      dispatcher.app('app').channelOccupied('a')
      await dispatcher.flush()
      const { items } = await dispatcher.deadLetters.list()
      assert.equal(
        items.map(({ cause, attempts }) => ({ cause, attempts })),
        [{ cause: 'egress-refused', attempts: 1 }],
      )
    },
  )
})

test.run()
