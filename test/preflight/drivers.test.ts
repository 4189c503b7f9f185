import { createServer } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { checkDrivers } from '../../src/preflight/drivers.js'
import { nodePorts } from '../../src/preflight/node-ports.js'
import type { Server } from '../../src/preflight/ports.js'
import { preflight } from '../../src/preflight/preflight.js'
import { BARE, loaded } from './support.js'

const test = suite('the preflight of drivers')

for (const driver of ['memory', 'none'] as const) {
  test(`the queue ${driver} needs nothing`, async () => {
    assert.equal((await preflight(loaded({ queue: { driver } }), BARE)).problems, [])
  })
}

test('a driver whose package is missing is a problem that names the package', () => {
  const { problems } = checkDrivers(loaded({ queue: { driver: 'redis' }, app_manager: { driver: 'mysql' } }), {
    ...BARE,
    hasPackage: () => false,
  })
  assert.equal(
    problems.map(({ message }) => message.split(': ').at(-1)),
    ['npm install redis', 'npm install mysql2'],
  )
})

test('a spill path, which nothing uses, is a warning that says what to take', async () => {
  const { warnings } = await preflight(loaded({ queue: { spill_path: 'left.json' } }), BARE)
  assert.equal(
    warnings.map(({ path }) => path),
    ['queue.spill_path'],
  )
})

test("PostgreSQL at Sockudo's default port is a warning", () => {
  const warned = (postgres: object) =>
    checkDrivers(loaded({ app_manager: { driver: 'pgsql' }, database: { postgres } }), BARE).warnings.length
  assert.equal([warned({}), warned({ port: 5432 })], [1, 0])
})

/** The servers that a configuration would be connected to. */
async function serversOf(input: object): Promise<readonly string[]> {
  const servers: string[] = []
  await preflight(loaded(input), {
    ...BARE,
    connect: async ({ host, port }: Server) => {
      servers.push(`${host}:${port}`)
    },
  })
  return servers
}

const redis = (further: object) => ({ queue: { driver: 'redis' }, ...further })

const SERVERS: readonly (readonly [object, readonly string[]])[] = [
  [{ database: { redis: { host: 'unused' } } }, []],
  [redis({}), ['127.0.0.1:6379']],
  [redis({ database: { redis: { host: 'rediss://r', port: 7 } } }), ['r:7']],
  [redis({ database: { redis: { sentinels: [{ host: 's' }, { host: 't', port: 1 }] } } }), ['s:26379', 't:1']],
  [{ queue: { driver: 'redis', redis: { url_override: 'redis://:p@u' } } }, ['u:6379']],
  [{ queue: { driver: 'redis-cluster', redis_cluster: { nodes: ['redis://[::1]:7'] } } }, ['::1:7']],
  [{ queue: { driver: 'sqs', sqs: { region: 'eu-west-1' } } }, ['sqs.eu-west-1.amazonaws.com:443']],
  [{ queue: { driver: 'sqs', sqs: { endpoint_url: 'http://l:4566' } } }, ['l:4566']],
  [{ app_manager: { driver: 'mysql' }, database: { mysql: { host: 'm' } } }, ['m:3306']],
  [{ app_manager: { driver: 'pgsql' }, database: { postgres: { host: '/run/postgresql' } } }, []],
  [{ app_manager: { driver: 'dynamodb' } }, ['dynamodb.us-east-1.amazonaws.com:443']],
]

for (const [input, servers] of SERVERS) {
  test(`${JSON.stringify(input)} connects to ${servers.join(' and ') || 'nothing'}`, async () => {
    assert.equal(await serversOf(input), servers)
  })
}

test('a server that cannot be reached is a problem without its credentials', async () => {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const queue = { driver: 'redis', redis: { url_override: `redis://:hidden@127.0.0.1:${port}` } }
  const ports = nodePorts({}, { connects: true })
  const unreachable = async () =>
    (await preflight(loaded({ queue }), ports)).problems.filter(({ path }) => path === 'queue.redis.url_override')
  const while_ = await unreachable()
  await new Promise((closed) => server.close(closed))
  const after = await unreachable()
  assert.equal(
    [while_, after.map(({ message }) => message)],
    [[], [`queue.redis.url_override: the server 127.0.0.1:${port} cannot be reached: ECONNREFUSED`]],
  )
})

test('the region of AWS is that of the environment, else that of the profile', async () => {
  const folder = temporaryFolder()
  try {
    folder.write('.aws/config', '[profile work]\nregion = eu-west-1\n[default]\noutput = json\nregion=us-west-2\n')
    const regionOf = (environment: Record<string, string>) =>
      nodePorts({ HOME: folder.path, ...environment }, { connects: false }).awsRegion()
    assert.equal(
      [
        await regionOf({ AWS_REGION: 'eu-north-1' }),
        await regionOf({}),
        await regionOf({ AWS_PROFILE: 'work' }),
        await regionOf({ AWS_PROFILE: 'none' }),
        await regionOf({ HOME: '/nowhere' }),
      ],
      ['eu-north-1', 'us-west-2', 'eu-west-1', null, null],
    )
  } finally {
    folder.remove()
  }
})

test('a package that is installed is found, and another is not', () => {
  const { hasPackage } = nodePorts({}, { connects: false })
  assert.equal([hasPackage('zod'), hasPackage('no-such-package-anywhere')], [true, false])
})

test.run()
