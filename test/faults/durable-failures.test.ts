// time limit: 300 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Dispatcher } from '../../src/index.js'
import { type DurableBench, emitRooms, rooms, withDurable } from '../support/durable.js'
import { FailingDisk, failingThreads } from '../support/failing-disk.js'
import { told } from '../support/told.js'
import { until } from '../support/until.js'

const test = suite('a dispatcher whose disk queue cannot be written')

interface Broken extends DurableBench {
  readonly dispatcher: Dispatcher
  readonly disk: FailingDisk
}

/** The queue of a dispatcher is down, and one event, of `room-0`, waits to be stored. */
function withQueueDown(onFailure: 'memory' | 'refuse', run: (broken: Broken) => Promise<void>): Promise<void> {
  return withDurable(async (bench) => {
    using disk = new FailingDisk()
    const { receiver, path, config, start } = bench
    receiver.tell('hook', 'fails')
    const queue = { driver: 'disk' as const, on_failure: onFailure, disk: { path, max_bytes: 32 * 1024 * 1024 } }
    const small = { shards: 1, arena_bytes: 8 * 1024 * 1024, ring_bytes: 256 * 1024 }
    const dispatcher = await start(config({ queue, dispatcher: small }), { threads: failingThreads })
    const down = told(dispatcher, 'queue-down')
    disk.tell('EIO')
    emitRooms(dispatcher, 0, 1)
    await down
    try {
      await run({ ...bench, dispatcher, disk })
    } finally {
      disk.tell(null)
      receiver.tell('hook', 'answers')
    }
  })
}

test('delivers from memory, and stores again when it can', () =>
  withQueueDown('memory', async ({ receiver, dispatcher, disk }) => {
    receiver.tell('hook', 'answers')
    emitRooms(dispatcher, 1, 50)
    await dispatcher.flush()
    receiver.tell('hook', 'fails')
    emitRooms(dispatcher, 50, 60)
    disk.tell(null)
    await dispatcher.persisted()
    assert.equal(receiver.of('hook').inOrder, rooms(0, 50))
  }))

test('reports that it is back', () =>
  withQueueDown('memory', async ({ dispatcher, disk }) => {
    const up = new Promise((resolve) => dispatcher.once('queue-up', () => resolve(true)))
    disk.tell(null)
    assert.ok(await up)
  }))

test('refuses events only when memory is full, where on_failure is memory', () =>
  withQueueDown('memory', async ({ receiver, dispatcher, disk }) => {
    const data = 'x'.repeat(20_000)
    const emit = (): boolean =>
      dispatcher.app('app').clientEvent({ channel: 'c', event: 'client-e', data, socket_id: '1.1' })
    await until(() => {
      while (emit());
      return dispatcher.stats().refused_endpoint_full > 0
    })
    const refused = dispatcher.stats().refused_queue_down
    const drained = new Promise((resolve) => dispatcher.once('drain', () => resolve(true)))
    receiver.tell('hook', 'answers')
    disk.tell(null)
    assert.equal([await drained, refused], [true, 0])
  }))

test('refuses events at once where on_failure is refuse, and delivers what it has', () =>
  withQueueDown('refuse', async ({ receiver, dispatcher, disk }) => {
    const isTaken = dispatcher.app('app').channelOccupied('room-1')
    const refused = dispatcher.stats().refused_queue_down
    const drained = new Promise((resolve) => dispatcher.once('drain', () => resolve(true)))
    disk.tell(null)
    await drained
    const isTakenLater = dispatcher.app('app').channelOccupied('room-2')
    receiver.tell('hook', 'answers')
    await dispatcher.flush()
    assert.equal([isTaken, refused, isTakenLater, receiver.of('hook').inOrder], [false, 1, true, ['room-0', 'room-2']])
  }))

test('lets a caller of persisted give up', () =>
  withQueueDown('memory', async ({ dispatcher }) => {
    const controller = new AbortController()
    const persisted = dispatcher.persisted({ signal: controller.signal }).catch((error: unknown) => error)
    controller.abort(new Error('not now'))
    assert.is(((await persisted) as Error).message, 'not now')
  }))

test.run()
