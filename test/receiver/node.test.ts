import { createServer } from 'node:http'
import * as assert from 'uvu/assert'
import { nodeHandler } from '../../src/receiver/index.js'
import { adapterSuite } from './adapter-contract.js'
import { listen } from './listen.js'
import { middlewareSuite } from './middleware-contract.js'

const test = adapterSuite('node:http', (receiver, handler) => listen(createServer(nodeHandler(receiver, handler))))

test('answers 405 to another method than POST', async ({ server }) => {
  const response = await fetch(server.url)
  await response.arrayBuffer()
  assert.equal([response.status, response.headers.get('allow')], [405, 'POST'])
})

const behind = middlewareSuite('node:http', (receiver, handler, first) => {
  const handle = nodeHandler(receiver, handler)
  return listen(
    createServer((request, response) => {
      first(request, response)
      handle(request, response)
    }),
  )
})

test.run()
behind.run()
