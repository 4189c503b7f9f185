import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeCertificate } from '../../scripts/certificate.js'
import type { PreflightPorts } from '../../src/preflight/ports.js'
import { preflight } from '../../src/preflight/preflight.js'
import { inWebhook, withWebhook } from '../config/support.js'
import { BARE, loaded } from './support.js'

const test = suite('the preflight of webhooks')

/** Paths of what is found, below the webhook, problems with a mark. */
async function foundIn(webhook: object, ports: Partial<PreflightPorts> = {}, further: object = {}) {
  const { problems, warnings } = await preflight(loaded({ ...withWebhook(webhook), ...further }), { ...BARE, ...ports })
  const below = ({ path }: { path: string }) => path.replace(inWebhook(''), '')
  return [...problems.map((problem) => `!${below(problem)}`), ...warnings.map(below)]
}

test('a webhook that is in order gives nothing to say', async () => {
  assert.equal(await foundIn({}), [])
})

for (const url of ['http://example.com/', 'http://8.8.8.8/', 'http://[2606:4700::1]/', 'http://134744072/']) {
  test(`${url} is not private and a warning`, async () => {
    assert.equal(await foundIn({ url }), ['.url'])
  })
}

const PRIVATE = [
  'http://10.1.2.3/',
  'http://127.0.0.1:80/',
  'http://[fd12::1]/',
  'http://localhost/',
  'http://sink:5678/',
]

for (const url of [...PRIVATE, 'http://hooks.internal/', 'http://hooks.default.svc/', 'https://example.com/']) {
  test(`${url} is private or encrypted and no warning`, async () => {
    assert.equal(await foundIn({ url }), [])
  })
}

for (const url of ['https://169.254.169.254/', 'https://0xa9fea9fe/', 'https://[::ffff:169.254.169.254]/']) {
  test(`${url} is refused by the egress policy`, async () => {
    assert.equal(await foundIn({ url }), ['!.url'])
  })
}

test('what the egress policy lets through is not refused', async () => {
  const url = 'https://10.0.0.1/'
  const egress = (allow: readonly string[]) => ({ webhooks: { egress: { policy: 'public-only', allow } } })
  assert.equal(
    [await foundIn({ url }, {}, egress([])), await foundIn({ url }, {}, egress(['10.0.0.0/8']))],
    [['!.url'], []],
  )
})

test('the API of a function is held to the egress policy too', async () => {
  const lambda = { function_name: 'f', region: 'eu-west-1', endpoint_url: 'http://169.254.1.1/' }
  assert.equal(await foundIn({ url: null, lambda }), ['!.lambda.endpoint_url'])
})

test('an event that looks misspelt is a warning, and one of the host is not', async () => {
  assert.equal(await foundIn({ event_types: ['member_added', 'member_aded', 'memberAdded', 'order_paid'] }), [
    '.event_types[1]',
    '.event_types[2]',
  ])
})

test('a webhook that is off is not looked at', async () => {
  assert.equal(await foundIn({ url: 'https://169.254.169.254/', event_types: ['member_aded'], enabled: false }), [])
})

test('files on a URL without TLS are a problem', async () => {
  assert.equal(await foundIn({ url: 'http://localhost/', tls: { ca: 'ca.pem' } }), ['!.tls'])
})

test('a file that cannot be read is a problem that names it', async () => {
  const { problems } = await preflight(loaded(withWebhook({ tls: { cert: 'c.pem', key: 'k.pem' } })), BARE)
  assert.equal(
    problems.map(({ message }) => message),
    [`${inWebhook('.tls.cert')}: the file c.pem cannot be read (ENOENT)`],
  )
})

test('in the place of a path of a key there may be the key, which is not shown', async () => {
  const tls = { cert: 'cert.pem', key: 'hidden' }
  const { problems } = await preflight(loaded(withWebhook({ tls })), {
    ...BARE,
    readFile: (path) => (path === 'cert.pem' ? Promise.resolve(Buffer.from('x')) : BARE.readFile(path)),
  })
  assert.equal(
    problems.map(({ message }) => message),
    [`${inWebhook('.tls.key')}: the file cannot be read (ENOENT)`],
  )
})

const certificate = await makeCertificate()
const other = await makeCertificate()
const FILES: Readonly<Record<string, string>> = {
  'cert.pem': certificate.cert,
  'key.pem': certificate.key,
  'other.pem': other.key,
  'none.pem': 'x',
}
const readFile = async (path: string) => Buffer.from(FILES[path] ?? '')

const TLS: readonly (readonly [object, readonly string[]])[] = [
  [{ ca: 'cert.pem', cert: 'cert.pem', key: 'key.pem' }, []],
  [{ cert: 'cert.pem', key: 'other.pem' }, ['!.tls']],
  [{ cert: 'cert.pem', key: 'none.pem' }, ['!.tls']],
  [{ ca: 'none.pem' }, ['!.tls.ca']],
]

for (const [tls, found] of TLS) {
  test(`${JSON.stringify(tls)} ${found.length === 0 ? 'can' : 'cannot'} be used`, async () => {
    assert.equal(await foundIn({ tls }, { readFile }), found)
  })
}

test('a file that many webhooks name is read once', async () => {
  const reads: string[] = []
  const webhooks = Array.from({ length: 5 }, () => ({ url: 'https://a/', event_types: ['x'], tls: { ca: 'cert.pem' } }))
  await preflight(loaded({ apps: [{ id: 'a', key: 'k', secret: 's', webhooks }] }), {
    ...BARE,
    readFile(path) {
      reads.push(path)
      return readFile(path)
    },
  })
  assert.equal(reads, ['cert.pem'])
})

test('a function needs the package of AWS, and says so once', async () => {
  const webhook = { lambda: { function_name: 'f', region: 'eu-west-1' }, event_types: ['member_added'] }
  const ports = { ...BARE, hasPackage: (name: string) => name !== '@aws-sdk/client-lambda' }
  const { problems } = await preflight(
    loaded({ apps: [{ id: 'a', key: 'k', secret: 's', webhooks: [webhook, webhook] }] }),
    ports,
  )
  assert.equal(
    problems.map(({ path, message }) => [path, message.split(': ').at(-1)]),
    [['apps[0].webhooks[0]', 'npm install @aws-sdk/client-lambda']],
  )
})

test('a function needs a region: its own or that of the environment', async () => {
  const lambda = { function_name: 'f' }
  assert.equal(
    [
      await foundIn({ url: null, lambda }),
      await foundIn({ url: null, lambda_function: 'f' }),
      await foundIn({ url: null, lambda }, { awsRegion: async () => 'eu-west-1' }),
      await foundIn({ url: null, lambda: { ...lambda, region: 'eu-west-1' } }),
    ],
    [['!.lambda'], ['!.lambda_function'], [], []],
  )
})

test('webhooks in a policy are found there', async () => {
  const webhooks = [{ url: 'https://169.254.169.254/', event_types: ['member_added'] }]
  const apps = [{ id: 'a', key: 'k', secret: 's', policy: { webhooks } }]
  const { problems } = await preflight(loaded({ app_manager: { array: { apps } } }), BARE)
  assert.equal(
    problems.map(({ path, concerns }) => [path, concerns]),
    [['app_manager.array.apps[0].policy.webhooks[0].url', 'webhook']],
  )
})

test.run()
