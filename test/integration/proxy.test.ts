import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startTinyproxy } from '../support/tinyproxy.js'
import { httpEndpoint, testApp } from '../transport/support/endpoint.js'
import { describe, httpTransports, send } from '../transport/support/sending.js'
import { recorder } from '../transport/support/servers.js'

const proxied = suite('through tinyproxy, as it is shipped')

proxied('deliveries over plain HTTP arrive', async () => {
  const receiver = await recorder()
  const proxy = await startTinyproxy()
  const transports = httpTransports()
  const transport = transports.open(testApp, httpEndpoint(`${receiver.url}hook?a=b`, { proxy: proxy.url }))
  const causes = [describe(await send(transport)).cause, describe(await send(transport)).cause]
  await transports.close()
  await proxy.stop()
  await receiver.close()
  assert.equal(
    [causes, receiver.received.map(({ request }) => request.url)],
    [
      [null, null],
      ['/hook?a=b', '/hook?a=b'],
    ],
  )
})

proxied('TLS to another port than 443 is refused, and the proxy is named', async () => {
  const proxy = await startTinyproxy()
  const transports = httpTransports()
  const outcome = await send(transports.open(testApp, httpEndpoint('https://127.0.0.1:9/', { proxy: proxy.url })))
  await transports.close()
  await proxy.stop()
  const { host } = new URL(proxy.url)
  assert.is(describe(outcome).message, `proxy ${host} answered 403 to CONNECT 127.0.0.1:9`)
})

proxied.run()
