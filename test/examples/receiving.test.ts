import { once } from 'node:events'
import { createServer } from 'node:http'
import { Agent, request } from 'node:https'
import { BlockList } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeCertificate } from '../../scripts/certificate.js'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import type { WebhookEvent } from '../../src/receiver/index.js'
import { post } from '../receiver/adapter-contract.js'
import { listen } from '../receiver/listen.js'
import { signedRequest } from '../receiver/signed-request.js'
import { exampleApp } from '../signing/app.js'
import { onlyFromSenders } from './receiving/allow-list.js'
import { receiver as standardReceiver } from './receiving/both-schemes.js'
import { createSecureServer } from './receiving/https.js'
import * as idempotent from './receiving/idempotent.js'
import { createWebhookServer } from './receiving/inbox.js'
import * as monitored from './receiving/monitored.js'

const test = suite('the page about receiving well')

test('its receiver handles a repeated delivery once', async () => {
  const server = await listen(idempotent.server)
  const statuses = [await post(server, signedRequest()), await post(server, signedRequest())]
  await server.close()
  assert.equal([statuses, [...idempotent.online]], [[200, 200], ['u1']])
})

test('its inbox gets the events before the answer', async () => {
  const stored: [string | null, readonly WebhookEvent[]][] = []
  const server = await listen(
    createWebhookServer({
      async add(id, events) {
        stored.push([id, events])
      },
    }),
  )
  const status = await post(server, signedRequest({ id: 'one' }))
  await server.close()
  assert.equal([status, stored.map(([id, events]) => [id, events.length])], [200, [['one', 1]]])
})

test('its figures count events and errors', async () => {
  const server = await listen(monitored.server)
  await post(server, signedRequest({ id: 'counted' }))
  await post(server, { ...signedRequest(), body: Buffer.from('{}') })
  await server.close()
  assert.equal(
    [monitored.figures.events, monitored.figures.webhooks, monitored.figures.errors.get('BAD_SIGNATURE')],
    [1, 1, 1],
  )
})

test('its allow-list lets in whom it names, and nobody else', async () => {
  const allowed = new BlockList()
  allowed.addAddress('127.0.0.1')
  const statuses: number[] = []
  for (const senders of [allowed, new BlockList()]) {
    const server = await listen(createServer(onlyFromSenders((_, response) => response.end(), senders)))
    statuses.push(await post(server, signedRequest()))
    await server.close()
  }
  assert.equal(statuses, [200, 403])
})

test('its HTTPS server takes a webhook', async () => {
  const folder = temporaryFolder()
  const { cert, key } = await makeCertificate()
  let events = 0
  const server = createSecureServer(folder.write('cert.pem', cert), folder.write('key.pem', key), (webhook) => {
    events += webhook.events.length
  })
  const { url, close } = await listen(server)
  const agent = new Agent({ ca: cert })
  const { headers, body } = signedRequest({ id: 'by-tls' })
  const sent = request(url.replace('http:', 'https:'), { method: 'POST', headers, agent }).end(body)
  const [answer] = await once(sent, 'response')
  answer.resume()
  await once(answer, 'end')
  agent.destroy()
  await close()
  folder.remove()
  assert.equal([answer.statusCode, events], [200, 1])
})

test('its receiver of Standard Webhooks takes both secrets of a rotation, and no Pusher signature alone', () => {
  const verified = (secret: string, schemes: readonly ('pusher' | 'standard-webhooks')[]) => {
    try {
      return standardReceiver.verify(signedRequest({ app: { ...exampleApp(), secret }, schemes })).scheme
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error
    }
  }
  assert.equal(
    [
      verified('new-secret', ['standard-webhooks']),
      verified('old-secret', ['standard-webhooks', 'pusher']),
      verified('third-secret', ['standard-webhooks']),
      verified('new-secret', ['pusher']),
    ],
    ['standard-webhooks', 'standard-webhooks', 'BAD_SIGNATURE', 'MISSING_SIGNATURE'],
  )
})

test.run()
