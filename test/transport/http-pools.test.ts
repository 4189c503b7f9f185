import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Connector } from '../../src/transport/connector.js'
import { createEgressGuard } from '../../src/transport/egress.js'
import { HttpPools } from '../../src/transport/http-pools.js'
import { Http1Pool } from '../../src/transport/http1-pool.js'
import { RequestTemplate } from '../../src/transport/request-template.js'
import { RequestTimer } from '../../src/transport/request-timer.js'
import type { Outcome } from '../../src/transport/transport.js'
import { createExchange } from '../../src/transport/undici-exchange.js'
import { OPEN_EGRESS, sharedBody } from './support/sending.js'
import { httpServer, type Listening } from './support/servers.js'

const pools = suite('pools')

/** Sends one request to the receiver over a pool of `table`. */
function request(table: HttpPools, receiver: Listening): Promise<Outcome> {
  const url = new URL(receiver.url)
  const where = url.host
  const settings = {
    peer: { host: url.hostname, port: receiver.port, where },
    guard: createEgressGuard(OPEN_EGRESS),
    secureContext: null,
    proxy: null,
    localAddress: null,
  }
  const template = new RequestTemplate(url, { kind: 'http', url: url.href, headers: {} }, 'test', null)
  const pool = table.get(url.origin, (onEmpty) => new Http1Pool(url.origin, new Connector(settings), onEmpty))
  return new Promise((resolve) => {
    const exchange = createExchange(where, new RequestTimer(5000), Date.now, resolve)
    pool.run(exchange, template, { id: 'x', body: sharedBody('{}'), headers: [] })
    exchange.started()
  })
}

pools('are kept as long as a connection is open', async () => {
  const table = new HttpPools()
  const receiver = await httpServer((incoming, response) => incoming.resume().on('end', () => response.end()))
  await request(table, receiver)
  await request(table, receiver)
  const kept = table.size
  table.destroy()
  await receiver.close()
  assert.equal([kept, receiver.connections()], [1, 1])
})

pools('are forgotten with their last connection', async () => {
  const table = new HttpPools()
  const receiver = await httpServer((incoming, response) => incoming.resume().on('end', () => response.end()))
  await request(table, receiver)
  await receiver.close()
  while (table.size > 0) await new Promise(setImmediate)
  assert.is(table.size, 0)
})

pools('are forgotten when the connection could not be made', async () => {
  const table = new HttpPools()
  const receiver = await httpServer(() => undefined)
  await receiver.close()
  await request(table, receiver)
  assert.is(table.size, 0)
})

pools('of many origins that are not used any more leave nothing behind', async () => {
  const table = new HttpPools()
  const receiver = await httpServer((incoming, response) => {
    incoming.resume().on('end', () => response.writeHead(200, { connection: 'close' }).end())
  }, '0.0.0.0')
  for (let origin = 1; origin <= 50; origin++) {
    await request(table, { ...receiver, url: receiver.url.replace('0.0.0.0', `127.0.0.${origin}`) })
  }
  while (table.size > 0) await new Promise(setImmediate)
  await receiver.close()
  assert.is(receiver.connections(), 50)
})

pools('give nothing once destroyed', () => {
  const table = new HttpPools()
  table.destroy()
  assert.throws(() => table.get('x', () => ({ run: () => undefined, destroy: () => undefined })), /closed/)
})

pools.run()
