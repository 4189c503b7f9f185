import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { SlabState } from '../../src/arena/layout.js'
import { claimHead } from '../../src/deliver/claim-head.js'
import type { JobStore } from '../../src/queue/job-store.js'
import type { StorageReport } from '../../src/storage/messages.js'
import { Requests } from '../../src/storage/requests.js'
import type { ShardSide } from '../../src/storage/shard-side.js'
import { jobOf } from '../queue/job-store-contract.js'
import { APP, ENDPOINT, SharedShard } from './support/side.js'

const test = suite('what a shard asks of the storage thread')

/** A store that answers when the test says so. */
class SlowStore {
  #answers: (() => void)[] = []

  async read(id: Uint8Array, into: Uint8Array): Promise<'read'> {
    await new Promise<void>((resolve) => this.#answers.push(resolve))
    into.fill(id.at(7) ?? 0)
    return 'read'
  }

  /** The newest read first. */
  answer(): void {
    for (const answer of this.#answers.splice(0).reverse()) answer()
  }
}

interface Scene {
  readonly shard: SharedShard
  readonly side: ShardSide
  readonly requests: Requests
  readonly store: SlowStore
  /** Connects a thread. @returns its end */
  readonly connect: () => MessagePort
}

async function withSlowStore(run: (scene: Scene) => Promise<void>): Promise<void> {
  const [shard, store] = [new SharedShard(), new SlowStore()]
  const side = shard.side()
  const nothing = () => undefined
  const host = { ring: nothing, barrier: async () => true, dropped: nothing, unplaced: nothing, named: nothing }
  const requests = new Requests(
    { jobs: store as unknown as JobStore },
    { ...host, owe: nothing, unreadable: (error) => assert.unreachable(String(error)) },
  )
  const ports: MessagePort[] = []
  const connect = () => {
    const { port1, port2 } = new MessageChannel()
    side.attach(port1, nothing)
    ports.push(port2)
    return port2
  }
  await run({ shard, side, requests, store, connect }).finally(() => {
    side.close()
    for (const port of ports) port.close()
  })
}

function claimed({ batches, producer }: SharedShard, number: number): SlabId {
  const endpoint = { appIndex: APP, number: ENDPOINT } as unknown as Parameters<typeof claimHead>[2]
  const slab = claimHead(batches, producer.firstSeq, endpoint, jobOf(number, { bodyBytes: 100 }).head, 1)
  if (slab === null) throw new Error('the arena of the test has no room')
  return slab
}

test('is a body, in the slab that was claimed for it', () =>
  withSlowStore(async ({ shard, side, requests, store, connect }) => {
    const port = connect()
    const slab = claimed(shard, 7)
    requests.receive(side, { kind: 'load', slabs: [slab] })
    store.answer()
    const [report] = (await once(port, 'message')) as [StorageReport]
    assert.equal(
      [report, new Set(side.bodyOf(slab))],
      [{ kind: 'loaded', slabs: [slab], outcomes: ['read'] }, new Set([7])],
    )
  }))

test('does not come to a thread that did not ask for it, nor into what that has in the same slab', () =>
  withSlowStore(async ({ shard, side, requests, store, connect }) => {
    connect()
    const former = claimed(shard, 7)
    requests.receive(side, { kind: 'load', slabs: [former] })
    const port = connect()
    shard.batches.allocator.release(former)
    const slab = claimed(shard, 8)
    requests.receive(side, { kind: 'load', slabs: [slab] })
    assert.equal([slab, shard.batches.slabs.state(slab)], [former, SlabState.Claimed])
    side.bodyOf(slab).fill(0)
    store.answer()
    const reports: StorageReport[] = []
    port.on('message', (report: StorageReport) => reports.push(report))
    while (reports.length === 0) await nextTurn()
    await nextTurn()
    assert.equal(
      [reports, new Set(side.bodyOf(slab))],
      [[{ kind: 'loaded', slabs: [slab], outcomes: ['read'] }], new Set([8])],
    )
  }))

test.run()
