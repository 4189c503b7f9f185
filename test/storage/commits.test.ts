import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { Custody, isKnown } from '../../src/arena/custody.js'
import { StoreHealth } from '../../src/hand-over/layout.js'
import { StoreDownError, StoreFullError } from '../../src/queue/errors.js'
import { openHandedOver } from '../../src/queue/handed-over/handed-over-store.js'
import { adopt } from '../../src/storage/adopt.js'
import { Commits } from '../../src/storage/commits.js'
import type { ShardSide } from '../../src/storage/shard-side.js'
import { FakeQueue } from '../queue/support/fake-queue.js'
import { FakeStore } from '../queue/support/fake-store.js'
import { PlayedProcess } from '../queue/support/played-process.js'
import { until } from '../support/until.js'
import { APP, ENDPOINT, SharedShard, TARGET } from './support/side.js'

const test = suite('commits')

const NOW = { mayOffer: true, isTidying: false }

/** A shard's memory, and a storage thread over it. */
class Rig implements Disposable {
  readonly shard = new SharedShard()
  readonly store = new FakeStore()
  open = this.store.open()
  side: ShardSide = this.shard.side()
  commits = new Commits(this.open.jobs, [this.side])
  #port: MessagePort = this.#connect()

  /** Hands a new batch over. */
  hand(): SlabId {
    const slab = this.shard.sealed()
    this.want(slab)
    return slab
  }

  want(slab: SlabId): void {
    const { custody } = this.shard.batches
    custody.exchange(slab, custody.generation(slab), Custody.None, Custody.Wanted)
    this.shard.producer.store(slab, custody.generation(slab))
  }

  /** The endpoint's name comes by message. */
  name(): void {
    this.#port.postMessage({ kind: 'target', endpoint: ENDPOINT, app: APP, target: TARGET })
  }

  /** Another storage thread begins. */
  restart(): void {
    this.open = this.store.open()
    this.side = this.shard.side()
    this.commits = new Commits(this.open.jobs, [this.side])
    this.#port.close()
    this.#port = this.#connect()
    this.commits.offer(adopt(this.side, this.open))
  }

  custody(slab: SlabId): Custody {
    return this.shard.batches.custody.of(slab)
  }

  get stored(): number {
    return this.open.figures().jobs
  }

  [Symbol.dispose](): void {
    this.side.close()
    this.#port.close()
  }

  #connect(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    this.side.attach(port2, (call) => {
      if (call?.kind === 'target') this.commits.named()
    })
    return port1
  }
}

test('store what is wanted, and leave out what was cancelled', async () => {
  using rig = new Rig()
  rig.name()
  const [stored, cancelled] = [rig.hand(), rig.hand()]
  const { custody } = rig.shard.batches
  custody.exchange(cancelled, custody.generation(cancelled), Custody.Wanted, Custody.None)
  await rig.commits.commit(NOW)
  assert.equal([rig.stored, rig.custody(stored), rig.custody(cancelled)], [1, Custody.Stored, Custody.None])
})

test('leave alone a slab that has another batch by now', async () => {
  using rig = new Rig()
  rig.name()
  const slab = rig.hand()
  const { custody, allocator } = rig.shard.batches
  custody.exchange(slab, custody.generation(slab), Custody.Wanted, Custody.None)
  allocator.release(slab)
  const other = rig.shard.sealed()
  custody.exchange(other, custody.generation(other), Custody.None, Custody.Wanted)
  await rig.commits.commit(NOW)
  assert.equal([other, rig.stored, rig.custody(other)], [slab, 0, Custody.Wanted])
})

test('keep a batch whose endpoint is not named yet, and store it when it is', async () => {
  using rig = new Rig()
  const slab = rig.hand()
  await rig.commits.commit(NOW)
  const before = [rig.stored, rig.custody(slab), rig.commits.unnamed, rig.commits.hasWork(true)]
  rig.name()
  rig.side.target(ENDPOINT)
  await rig.commits.commit(NOW)
  assert.equal([before, rig.stored, rig.commits.unnamed], [[0, Custody.Wanted, 1, false], 1, 0])
})

test('store nothing of a group that fails, and give its batches back as perhaps stored', async () => {
  using rig = new Rig()
  rig.name()
  const slab = rig.hand()
  rig.store.failNext('commit', new StoreDownError('no'))
  const result = await rig.commits.commit(NOW)
  assert.equal(
    [result.kind, rig.custody(slab), isKnown(rig.shard.batches.custody.load(slab)), rig.shard.producer.health],
    ['failed', Custody.Wanted, true, StoreHealth.Down],
  )
  await rig.commits.commit(NOW)
  assert.equal([rig.stored, rig.shard.producer.health, rig.shard.producer.backlog], [1, StoreHealth.Ok, 0])
})

test('do not take a store for writable that was asked for nothing', async () => {
  using rig = new Rig()
  rig.name()
  const slab = rig.hand()
  rig.store.failNext('commit', new StoreDownError('no'))
  await rig.commits.commit(NOW)
  const { custody } = rig.shard.batches
  custody.exchange(slab, custody.generation(slab), Custody.Wanted, Custody.None)
  rig.store.failNext('probe', new StoreDownError('still no'))
  const result = await rig.commits.commit(NOW)
  assert.equal([result, rig.commits.health], [{ kind: 'failed', reason: 'still no' }, StoreHealth.Down])
  await rig.commits.commit(NOW)
  assert.is(rig.commits.health, StoreHealth.Ok)
})

test('take a store for down, or full, that a former thread found so, until it was asked', async () => {
  using rig = new Rig()
  const healths: StoreHealth[] = []
  for (const health of [StoreHealth.Down, StoreHealth.Full]) {
    rig.side.handOver.showHealth(health)
    rig.restart()
    healths.push(rig.commits.health)
    await rig.commits.commit(NOW)
    healths.push(rig.commits.health)
  }
  assert.equal(healths, [StoreHealth.Down, StoreHealth.Ok, StoreHealth.Full, StoreHealth.Ok])
})

test('take a store for full until it says that it has room, though nothing waits for it', async () => {
  using rig = new Rig()
  rig.name()
  const slab = rig.hand()
  rig.store.refuseJobs(new StoreFullError('full'))
  await rig.commits.commit(NOW)
  const { custody } = rig.shard.batches
  custody.exchange(slab, custody.generation(slab), Custody.Wanted, Custody.None)
  const kinds = [(await rig.commits.commit(NOW)).kind]
  rig.store.refuseJobs(null)
  kinds.push((await rig.commits.commit({ mayOffer: false, isTidying: true })).kind)
  kinds.push((await rig.commits.commit(NOW)).kind)
  assert.equal([kinds, rig.commits.health], [['full', 'full', 'stored'], StoreHealth.Ok])
})

test('store what settles while the store is full, and offer its jobs again', async () => {
  using rig = new Rig()
  rig.name()
  const first = rig.hand()
  await rig.commits.commit(NOW)
  rig.store.refuseJobs(new StoreFullError('full'))
  const second = rig.hand()
  rig.shard.producer.done(first)
  const result = await rig.commits.commit(NOW)
  assert.equal([result.kind, rig.stored, rig.custody(second)], ['full', 0, Custody.Wanted])
  assert.is(rig.shard.producer.health, StoreHealth.Full)
  rig.store.refuseJobs(null)
  await rig.commits.commit(NOW)
  assert.equal([rig.stored, rig.custody(second), rig.shard.producer.health], [1, Custody.Stored, StoreHealth.Ok])
})

test('store the death of a job that is stored while the store is full', async () => {
  using rig = new Rig()
  rig.name()
  const slab = rig.hand()
  await rig.commits.commit(NOW)
  rig.store.refuseJobs(new StoreFullError('full'))
  rig.hand()
  const { batches, producer } = rig.shard
  const grave = batches.bury(slab, 500, 'rejected\nno', 2)
  const { custody } = batches
  custody.exchange(grave, custody.generation(grave), custody.of(grave), Custody.Wanted)
  producer.dead(grave, custody.generation(grave))
  await rig.commits.commit(NOW)
  assert.equal([rig.open.figures().letters, rig.custody(grave)], [1, Custody.Stored])
})

test('go on where a former storage thread was: in the middle of a write, too', async () => {
  using rig = new Rig()
  rig.name()
  const [written, lost] = [rig.hand(), rig.shard.sealed()]
  await rig.commits.commit(NOW)
  const { custody } = rig.shard.batches
  const generation = custody.generation(written)
  custody.exchange(written, generation, Custody.Stored, Custody.Taken)
  custody.exchange(lost, custody.generation(lost), Custody.None, Custody.Wanted)
  custody.exchange(lost, custody.generation(lost), Custody.Wanted, Custody.Taken)
  rig.restart()
  assert.equal([rig.custody(written), rig.custody(lost)], [Custody.Stored, Custody.Wanted])
  assert.equal([...rig.open.jobs.backlogs()], [])
  rig.name()
  await rig.commits.commit(NOW)
  assert.equal([rig.stored, rig.custody(lost)], [2, Custody.Stored])
})

test('call a store that has nothing to store only to let it tidy', async () => {
  using rig = new Rig()
  await rig.commits.commit(NOW)
  const before = rig.store.groups.length
  await rig.commits.commit({ mayOffer: true, isTidying: true })
  assert.equal([before, rig.store.groups.length], [0, 1])
})

test('leave a batch to whoever takes it that came back from a shared queue before it was known to be there', async () => {
  using rig = new Rig()
  const queue = new FakeQueue()
  const store = openHandedOver(queue.connect(), queue.letterStore, true)
  const process = new PlayedProcess(store)
  const commits = new Commits(store.jobs, [rig.side])
  const slab = rig.hand()
  rig.name()
  queue.failNext('store-then-fail', new StoreDownError('the answer is lost'))
  await until(async () => (await commits.commit(NOW)).kind === 'stored' && process.waiting() > 0)
  const taken = await store.jobs.take(TARGET, 10)
  assert.equal([rig.custody(slab), taken.length, queue.jobs.length], [Custody.Stored, 1, 1])
})

test.run()
