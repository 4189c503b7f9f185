import { Agent, request } from 'undici'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeCertificate } from '../../scripts/certificate.js'
import { startNginx } from './nginx.js'

const nginx = suite('nginx for tests')

nginx('serves its configuration on IPv4 and IPv6', async () => {
  const server = await startNginx({ server: `location / { return 200 "hello"; }` })
  const agent = new Agent()
  const answers = await Promise.all(
    ['127.0.0.1', '[::1]'].map(async (host) => {
      const response = await request(`http://${host}:${server.port}/`, { dispatcher: agent })
      return response.body.text()
    }),
  )
  await agent.close()
  await server.stop()
  assert.equal(answers, ['hello', 'hello'])
})

nginx('shows a certificate that its authority vouches for', async () => {
  const authority = await makeCertificate({ commonName: 'authority' })
  const { cert, key } = await makeCertificate({ authority })
  const server = await startNginx({
    listen: 'ssl',
    files: { 'cert.pem': cert, 'key.pem': key },
    server: `ssl_certificate cert.pem; ssl_certificate_key key.pem; location / { return 204; }`,
  })
  const agent = new Agent({ connect: { ca: authority.cert } })
  const { statusCode } = await request(`https://localhost:${server.port}/`, { dispatcher: agent })
  await agent.close()
  await server.stop()
  assert.is(statusCode, 204)
})

nginx('tells why it did not start', async () => {
  try {
    await (await startNginx({ server: 'nonsense;' })).stop()
    assert.unreachable('it started')
  } catch (error) {
    assert.match(String(error), 'unknown directive "nonsense"')
  }
})

nginx.run()
