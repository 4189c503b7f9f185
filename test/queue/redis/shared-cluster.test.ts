// long
// time limit: 300 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type RedisProcess, startRedis } from '../../../scripts/servers/redis.js'
import { StoreDownError } from '../../../src/queue/errors.js'
import type { OpenStore } from '../../../src/queue/job-store.js'
import type { RedisServer } from '../../../src/queue/redis/options.js'
import { laneOf } from '../../../src/queue/redis/shared/lane-map.js'
import { until } from '../../support/until.js'
import { jobOf } from '../job-store-contract.js'
import { numbersOf, PlayedProcess } from '../support/played-process.js'
import { NO_TLS, NOBODY, openStore } from './support.js'

const test = suite('lanes that processes share in a cluster')

const LANES = 3
const { target } = jobOf(1).head
const LANE = `{sockudo_queue:signpost:shared-${laneOf(target, LANES)}}:log`

interface Cluster {
  readonly masters: readonly RedisProcess[]
  /** The master that has the lane of the jobs. */
  readonly owner: RedisProcess
  open(consumes: boolean): Promise<PlayedProcess>
}

async function inCluster(replicas: number, check: (cluster: Cluster) => Promise<void>): Promise<void> {
  const lines = ['appendonly no', 'cluster-enabled yes', 'cluster-node-timeout 1000']
  const nodes = await Promise.all(Array.from({ length: 3 + replicas }, () => startRedis({ lines })))
  const masters = nodes.slice(0, 3)
  const [first] = nodes
  const stores: OpenStore[] = []
  try {
    const slots = [
      ['0', '5460'],
      ['5461', '10922'],
      ['10923', '16383'],
    ]
    for (const [index, node] of masters.entries()) await node.ask('CLUSTER', 'ADDSLOTSRANGE', ...(slots[index] ?? []))
    for (const node of nodes) if (node !== first) await node.ask('CLUSTER', 'MEET', '127.0.0.1', String(first?.port))
    const isWhole = /cluster_state:ok/
    for (const node of nodes) {
      await until(async () => {
        const info = String(await node.ask('CLUSTER', 'INFO'))
        return isWhole.test(info) && info.includes(`cluster_known_nodes:${nodes.length}`)
      })
    }
    const slot = Number(await first?.ask('CLUSTER', 'KEYSLOT', LANE))
    const owner = masters[Math.min(Math.floor(slot / 5461), 2)]
    if (owner === undefined) throw new Error('there is no such master')
    for (const replica of nodes.slice(3)) {
      const id = String(await owner.ask('CLUSTER', 'MYID'))
      await until(() =>
        replica.ask('CLUSTER', 'REPLICATE', id).then(
          () => true,
          () => false,
        ),
      )
      await until(async () => String(await replica.ask('INFO', 'replication')).includes('master_link_status:up'))
    }
    const server: RedisServer = {
      ...{ kind: 'cluster', credentials: NOBODY, tls: NO_TLS },
      nodes: nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
    }
    await check({
      masters,
      owner,
      open: async (consumes) => {
        const store = await openStore(server, { leaseMs: 1500, shared: { lanes: LANES, consumes } })
        stores.push(store)
        return new PlayedProcess(store)
      },
    })
  } finally {
    for (const store of stores) await store.jobs.close()
    for (const node of nodes) await node.stop()
  }
}

/** Whether the replica has all that was written. `WAIT` knows only what its own connection has written. */
async function isReplicated(master: RedisProcess): Promise<boolean> {
  const said = String(await master.ask('INFO', 'replication'))
  const [, written] = /master_repl_offset:(\d+)/.exec(said) ?? []
  const [, received] = /slave0:.*offset=(\d+)/.exec(said) ?? []
  return written !== undefined && written === received
}

/** Adds jobs of these numbers, one after the other, each again until it is stored. */
async function addAll(process: PlayedProcess, first: number, last: number): Promise<void> {
  for (let number = first; number <= last; number++) {
    await until(() =>
      process.add(jobOf(number)).then(
        () => true,
        () => false,
      ),
    )
  }
}

/** Opens it as soon as that succeeds: not all nodes know the new master at once. */
async function opened(open: () => Promise<PlayedProcess>): Promise<PlayedProcess> {
  for (;;) {
    try {
      return await open()
    } catch (error) {
      if (!(error instanceof StoreDownError)) throw error
    }
  }
}

const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, index) => index + 1)

test('a master dies, and its replica takes its place: nothing that it had is lost, and the order holds', () =>
  inCluster(1, async ({ owner, open }) => {
    const host = await open(false)
    await addAll(host, 1, 10)
    await until(() => isReplicated(owner))
    await owner.kill()
    await addAll(host, 11, 15)
    const consumer = await opened(() => open(true))
    assert.equal(numbersOf(await consumer.take(15)), upTo(15))
  }))

test('a slot goes to another master while jobs are added and consumed: nothing is lost, and the order holds', () =>
  inCluster(0, async ({ masters, owner, open }) => {
    const [host, consumer] = await Promise.all([open(false), open(true)])
    await addAll(host, 1, 10)
    const first = await consumer.take(4)
    const to = masters.find((node) => node !== owner)
    const slot = String(await owner.ask('CLUSTER', 'KEYSLOT', LANE))
    const [fromId, toId] = [String(await owner.ask('CLUSTER', 'MYID')), String(await to?.ask('CLUSTER', 'MYID'))]
    await to?.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId)
    await owner.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId)
    const added = addAll(host, 11, 30)
    for (;;) {
      const keys = (await owner.ask('CLUSTER', 'GETKEYSINSLOT', slot, '1')) as readonly string[]
      if (keys.length === 0) break
      await owner.ask('MIGRATE', '127.0.0.1', String(to?.port), '', '0', '5000', 'KEYS', ...keys)
    }
    for (const node of masters) await node.ask('CLUSTER', 'SETSLOT', slot, 'NODE', toId)
    await added
    const rest = await consumer.take(26)
    assert.equal([...numbersOf(first), ...numbersOf(rest)], upTo(30))
    assert.equal(consumer.losses, [])
  }))

test.run()
