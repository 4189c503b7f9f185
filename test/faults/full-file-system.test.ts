import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { emitRooms, rooms, withDurable } from '../support/durable.js'
import { told } from '../support/told.js'
import { until } from '../support/until.js'

const test = suite('a disk queue on a file system without room')

/** Room for the two segments that the journal keeps free, and for nothing that it grows into. */
const TWO_SEGMENTS = '80m'
/** Not even room for these. */
const LESS_THAN_ONE = '20m'

/** More than an endpoint may hold of the arena. */
const EVENTS = 6000

/** Runs with the folder of a small file system of its own. @returns false when this user may not mount one */
async function withFileSystem(size: string, run: (folder: string) => Promise<void>): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-full-'))
  try {
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder])
    if (status !== 0) return false
    try {
      await run(folder)
    } finally {
      spawnSync('umount', [folder])
    }
    return true
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

for (const size of [LESS_THAN_ONE, TWO_SEGMENTS]) {
  test(`delivers everything, in order, when the receiver is back: ${size}`, async () => {
    const isRun = await withFileSystem(size, (folder) =>
      withDurable(async ({ receiver, config, start }) => {
        receiver.tell('hook', 'fails')
        const small = { shards: 1, arena_bytes: 8 * 1024 * 1024, ring_bytes: 256 * 1024 }
        const queue = { driver: 'disk' as const, disk: { path: join(folder, 'queue') } }
        const dispatcher = await start(config({ queue, dispatcher: small }))
        let accepted = 0
        await until(() => {
          while (accepted < EVENTS && dispatcher.app('app').channelOccupied(`room-${accepted}`)) accepted += 1
          return accepted === EVENTS || dispatcher.stats().refused_endpoint_full > 0
        })
        receiver.tell('hook', 'answers')
        await dispatcher.flush()
        assert.equal(receiver.of('hook').inOrder, rooms(0, accepted))
      }),
    )
    if (!isRun) console.log(`skipped: this user may not mount a file system of ${size}`)
  })
}

test('says so', async () => {
  const isRun = await withFileSystem(TWO_SEGMENTS, (folder) =>
    withDurable(async ({ receiver, config, start }) => {
      receiver.tell('hook', 'fails')
      const queue = { driver: 'disk' as const, disk: { path: join(folder, 'queue') } }
      const dispatcher = await start(config({ queue }))
      const down = told(dispatcher, 'queue-down')
      emitRooms(dispatcher, 0, 1)
      assert.is((await down)?.reason, 'full')
      receiver.tell('hook', 'answers')
      await dispatcher.flush()
    }),
  )
  if (!isRun) console.log('skipped: this user may not mount a file system')
})

test.run()
