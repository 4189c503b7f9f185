// long
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeCertificate } from '../../../scripts/certificate.js'
import { freePort } from '../../../scripts/free-port.js'
import { type RedisProcess, startRedis } from '../../../scripts/servers/redis.js'
import { temporaryFolder } from '../../../scripts/temporary-folder.js'
import { openRedisStore } from '../../../src/queue/redis/index.js'
import type { RedisServer, RedisStoreOptions } from '../../../src/queue/redis/options.js'
import { until } from '../../support/until.js'
import { idOf, jobOf } from '../job-store-contract.js'
import { NO_TLS, NOBODY, openStore, optionsFor, serverAt } from './support.js'

const test = suite('connections to Redis')

const PASSWORD = 'p4ss word:/?#@'
const address = ({ port }: RedisProcess) => ({ host: '127.0.0.1', port })

/** Stores a job, opens the store again and reads it. @returns what the body says */
async function keeps(server: RedisServer, changes: Partial<RedisStoreOptions> = {}): Promise<string> {
  const store = await openStore(server, changes)
  await store.jobs.commit({ jobs: [jobOf(1)], changes: [] })
  await store.jobs.close()
  const next = await openStore(server, changes)
  const body = new Uint8Array(jobOf(1).body.length)
  await next.jobs.take(jobOf(1).head.target, 1)
  await next.jobs.read(idOf(1), body)
  await next.jobs.commit({ jobs: [], changes: [{ kind: 'done', id: idOf(1) }] })
  await next.jobs.close()
  return Buffer.from(body).toString()
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => '',
    (error: unknown) => String(error),
  )
}

test('a user with a password, and a database of a number', async () => {
  const lines = ['appendonly no', `user signpost on ~* +@all ">${PASSWORD}"`, 'user default off']
  const client = { username: 'signpost', password: PASSWORD }
  const redis = await startRedis({ lines, client })
  const server = { ...serverAt(redis), credentials: client, db: 3 } as RedisServer
  const body = await keeps(server)
  const refused = await failureOf(openStore(serverAt(redis)))
  await redis.stop()
  assert.is(body, 'body of job 1')
  assert.match(refused, /NOAUTH/)
})

test('TLS with an authority of its own; without it the server is not believed', async () => {
  const folder = temporaryFolder()
  const { cert, key } = await makeCertificate()
  const certPath = folder.write('cert.pem', cert)
  const keyPath = folder.write('key.pem', key)
  const port = await freePort()
  const lines = [
    ...['appendonly no', 'port 0', `tls-port ${port}`, `tls-cert-file ${certPath}`, `tls-key-file ${keyPath}`],
    ...[`tls-ca-cert-file ${certPath}`, 'tls-auth-clients no'],
  ]
  const client = { socket: { tls: true as const, rejectUnauthorized: false } }
  const redis = await startRedis({ lines, port, client })
  const secure = (tls: Partial<typeof NO_TLS> | { caPath: string }): RedisServer => {
    return { ...serverAt(redis), tls: { ...NO_TLS, enabled: true, ...tls } } as RedisServer
  }
  const body = await keeps(secure({ caPath: certPath }))
  const refused = await failureOf(openStore(secure({})))
  await redis.stop()
  folder.remove()
  assert.is(body, 'body of job 1')
  assert.match(refused, /self.signed|certificate/i)
})

test('sentinels: the server is found, and another one when it is taken down', async () => {
  const first = await startRedis()
  const second = await startRedis({ lines: ['appendonly yes', `replicaof 127.0.0.1 ${first.port}`] })
  const lines = [
    ...[`sentinel monitor main 127.0.0.1 ${first.port} 1`, 'sentinel down-after-milliseconds main 1000'],
    ...['sentinel failover-timeout main 5000'],
  ]
  const sentinel = await startRedis({ lines, sentinel: true })
  await until(async () => String(await first.ask('INFO', 'replication')).includes('state=online'))
  await until(async () => String(await sentinel.ask('SENTINEL', 'REPLICAS', 'main')).includes(String(second.port)))
  const server: RedisServer = {
    ...{ kind: 'sentinels', sentinels: [{ host: '127.0.0.1', port: 1 }, address(sentinel)], name: 'main' },
    ...{ sentinelCredentials: NOBODY, sentinelTls: NO_TLS, credentials: NOBODY, db: 0, tls: NO_TLS },
  }
  const store = await openStore(server, { waitReplicas: 1 })
  await store.jobs.commit({ jobs: [jobOf(1)], changes: [] })
  await store.jobs.close()
  const next = await openStore(server)
  await first.kill()
  const group = { jobs: [jobOf(2)], changes: [] }
  await until(() =>
    next.jobs.commit(group).then(
      () => true,
      () => false,
    ),
  )
  const { jobs } = next.figures()
  await next.jobs.close()
  for (const process of [sentinel, second, first]) await process.stop()
  assert.is(jobs, 2)
})

test('a cluster of three masters', async () => {
  const lines = ['appendonly no', 'cluster-enabled yes']
  const nodes = await Promise.all([1, 2, 3].map(() => startRedis({ lines })))
  const [first] = nodes
  const slots = [
    ['0', '5460'],
    ['5461', '10922'],
    ['10923', '16383'],
  ]
  for (const [index, node] of nodes.entries()) {
    await node.ask('CLUSTER', 'ADDSLOTSRANGE', ...(slots[index] ?? []))
    if (node !== first) await node.ask('CLUSTER', 'MEET', '127.0.0.1', String(first?.port))
  }
  for (const node of nodes) {
    await until(async () => /cluster_state:ok.*cluster_known_nodes:3/s.test(String(await node.ask('CLUSTER', 'INFO'))))
  }
  const server: RedisServer = { kind: 'cluster', nodes: nodes.map(address), credentials: NOBODY, tls: NO_TLS }
  const bodies: string[] = []
  // Each time with a lane of another name, in another slot.
  for (let time = 0; time < 5; time++) bodies.push(await keeps(server))
  const left = await Promise.all(nodes.map((node) => node.ask('KEYS', '*')))
  for (const node of nodes) await node.stop()
  assert.equal([bodies, left.flat()], [Array(5).fill('body of job 1'), []])
})

test('a server without an append-only file is warned about', async () => {
  const redis = await startRedis({ lines: ['appendonly no', 'maxmemory-policy volatile-lru'] })
  const { store, warnings } = await openRedisStore(optionsFor(serverAt(redis)))
  await store.jobs.close()
  await redis.stop()
  assert.match(warnings.join(' '), /volatile-lru.*append-only file/)
})

test.run()
