import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { LazyTransports } from '../../src/transport/lazy-transports.js'
import type { Transports } from '../../src/transport/transport.js'
import { createTransports } from '../../src/transport/transports.js'
import { httpEndpoint, testApp } from './support/endpoint.js'
import { describe, send } from './support/sending.js'
import { recorder } from './support/servers.js'

const transports = suite('transports')

transports('send to an HTTP target, and name the version', async () => {
  const receiver = await recorder()
  const all = createTransports({ egress: { policy: 'no-metadata', allow: [] }, version: '1.2.3' })
  await send(all.open(testApp, httpEndpoint(receiver.url)))
  await all.close()
  await receiver.close()
  assert.is(receiver.received[0]?.request.headers['user-agent'], 'Signpost/1.2.3')
})

transports('keep to the egress policy', async () => {
  const all = createTransports({ egress: { policy: 'public-only', allow: [] }, version: '1.2.3' })
  const outcome = await send(all.open(testApp, httpEndpoint('http://127.0.0.1:9/')))
  await all.close()
  assert.is(describe(outcome).cause, 'egress-refused')
})

const lazy = suite('transports that are loaded late')

/** Tells of each delivery's id, and of being closed. */
function telling(told: string[]): Transports {
  return {
    open: () => ({
      send: ({ id, headers }, done) => {
        told.push(id, ...headers)
        queueMicrotask(() => done({ kind: 'delivered', status: 202 }))
      },
    }),
    close: async () => {
      told.push('closed')
    },
  }
}

lazy('are not loaded before something is sent', async () => {
  let loads = 0
  const late = new LazyTransports(async () => {
    loads += 1
    return telling([])
  })
  late.open(testApp, httpEndpoint('http://127.0.0.1/'))
  await late.close()
  assert.is(loads, 0)
})

lazy('are loaded once, and get what was sent meanwhile, in order and as it was', async () => {
  const told: string[] = []
  let loads = 0
  const late = new LazyTransports(async () => {
    loads += 1
    return telling(told)
  })
  const transport = late.open(testApp, httpEndpoint('http://127.0.0.1/'))
  const headers = ['h']
  const all = [send(transport, { id: '1', headers }), send(transport, { id: '2', headers: [] })]
  headers.length = 0
  await Promise.all(all)
  await send(transport, { id: '3' })
  await late.close()
  assert.equal([loads, told], [1, ['1', 'h', '2', '3', 'closed']])
})

lazy('that cannot be loaded say why, and are tried again', async () => {
  let loads = 0
  const late = new LazyTransports(async () => {
    loads += 1
    if (loads === 1) throw new Error('npm install @aws-sdk/client-lambda')
    return telling([])
  })
  const transport = late.open(testApp, httpEndpoint('http://127.0.0.1/'))
  const first = await send(transport)
  const second = await send(transport)
  await late.close()
  assert.equal(
    [describe(first).cause, describe(first).message, second.kind],
    ['configuration', 'npm install @aws-sdk/client-lambda', 'delivered'],
  )
})

transports.run()
lazy.run()
