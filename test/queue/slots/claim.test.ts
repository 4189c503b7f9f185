import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../../scripts/temporary-folder.js'
import { claimLowestSlot, claimSlot } from '../../../src/queue/slots/claim.js'
import { listenIn } from '../../../src/queue/slots/claim-socket.js'
import { claimFileName } from '../../../src/queue/slots/names.js'
import { openSlotRoot, type SlotRoot } from '../../../src/queue/slots/root.js'
import { until } from '../../support/until.js'

const claims = suite('a claim of a slot')

async function withRoot(use: (root: SlotRoot) => Promise<void>, below = 'queue', beatEveryMs = 5_000): Promise<void> {
  const folder = temporaryFolder()
  try {
    await use(openSlotRoot(join(folder.path, below), { beatEveryMs }))
  } finally {
    folder.remove()
  }
}

claims('takes the lowest number, with a folder of its own for its owner alone', async () => {
  await withRoot(async (root) => {
    const slots = [await claimLowestSlot(root), await claimLowestSlot(root), await claimLowestSlot(root)]
    const mode = statSync(join(root.path, '002')).mode & 0o777
    await slots[1]?.release()
    const again = await claimLowestSlot(root)
    await Promise.all([...slots, again].map((slot) => slot?.release()))
    assert.equal([slots.map(({ number }) => number), again.number, mode], [[0, 1, 2], 1, 0o700])
  })
})

claims('is refused for a slot that is owned', async () => {
  await withRoot(async (root) => {
    const slot = await claimLowestSlot(root)
    const refused = await claimSlot(root, 0)
    await slot.release()
    assert.is(refused, null)
  })
})

claims('gives a slot to one of many that want it at once, and the next slots to the others', async () => {
  await withRoot(async (root) => {
    const slots = await Promise.all(Array.from({ length: 12 }, () => claimLowestSlot(root)))
    await Promise.all(slots.map((slot) => slot.release()))
    assert.is(new Set(slots.map(({ number }) => number)).size, 12)
  })
})

claims('is its owner’s until it is released', async () => {
  await withRoot(async (root) => {
    const slot = await claimLowestSlot(root)
    const before = slot.isOurs()
    const released = slot.release()
    const after = slot.isOurs()
    await Promise.all([released, slot.release()])
    assert.equal([before, after], [true, false])
  })
})

claims('is lost for good when somebody removes it', async () => {
  await withRoot(async (root) => {
    const slot = await claimLowestSlot(root)
    const lock = join(root.path, claimFileName('lock', slot.claim))
    rmSync(lock)
    const first = slot.isOurs()
    writeFileSync(lock, '')
    const second = slot.isOurs()
    await slot.release()
    assert.equal([first, second], [false, false])
  })
})

claims('says in a heartbeat who owns the slot, and writes it again', async () => {
  await withRoot(
    async (root) => {
      const slot = await claimLowestSlot(root)
      const path = join(root.path, claimFileName('beat', slot.claim))
      const first = JSON.parse(readFileSync(path, 'utf8'))
      await until(() => JSON.parse(readFileSync(path, 'utf8')).time !== first.time)
      await slot.release()
      const { bootId, host, pid } = root.identity
      const { time, ...owner } = first
      assert.equal(owner, { boot_id: bootId, host, pid, token: slot.token })
      assert.is(new Date(time).toISOString(), time)
    },
    'queue',
    5,
  )
})

claims('goes on with the file’s time where the heartbeat cannot be written, as on a full disk', async () => {
  await withRoot(
    async (root) => {
      const slot = await claimLowestSlot(root)
      const path = join(root.path, claimFileName('beat', slot.claim))
      mkdirSync(join(root.path, claimFileName('beating', slot.claim), 'in the way'), { recursive: true })
      utimesSync(path, 1, 1)
      await until(() => statSync(path).mtimeMs > 1_000)
      const failure = slot.beatFailure
      rmSync(join(root.path, claimFileName('beating', slot.claim)), { recursive: true })
      await slot.release()
      assert.is(failure, null)
    },
    'queue',
    5,
  )
})

claims('reports a heartbeat that cannot be written at all, until it can', async () => {
  await withRoot(
    async (root) => {
      const slot = await claimLowestSlot(root)
      const path = join(root.path, claimFileName('beat', slot.claim))
      const inTheWay = join(root.path, claimFileName('beating', slot.claim))
      rmSync(path, { force: true })
      mkdirSync(join(path, 'in the way'), { recursive: true })
      await until(() => slot.beatFailure instanceof Error)
      rmSync(path, { recursive: true })
      rmSync(inTheWay, { recursive: true, force: true })
      await until(() => slot.beatFailure === null)
      const isOurs = slot.isOurs()
      await slot.release()
      assert.ok(isOurs)
    },
    'queue',
    5,
  )
})

claims('leaves nothing behind, thousands of times in a row', async () => {
  await withRoot(async (root) => {
    const holder = await claimSlot(root, 0)
    writeFileSync(join(root.path, '000', 'segment'), 'jobs')
    await holder?.release()
    const before = readdirSync('/dev/fd').length
    for (let count = 0; count < 2_000; count++) await (await claimLowestSlot(root)).release()
    assert.equal([readdirSync(root.path), readdirSync('/dev/fd').length], [['000'], before])
  })
})

claims('works below a long path, and leaves nothing behind there either', async () => {
  await withRoot(
    async (root) => {
      const slots = [await claimLowestSlot(root), await claimLowestSlot(root)]
      await Promise.all(slots.map((slot) => slot.release()))
      assert.equal([slots.map(({ number }) => number), readdirSync(root.path)], [[0, 1], []])
    },
    join('a'.repeat(200), 'b'.repeat(200)),
  )
})

claims('keeps what lies in the folder', async () => {
  await withRoot(async (root) => {
    const slot = await claimLowestSlot(root)
    writeFileSync(join(slot.folder, 'segment'), 'jobs')
    await slot.release()
    assert.equal([readdirSync(root.path), readdirSync(slot.folder)], [['000'], ['segment']])
  })
})

claims('is not blocked by anything that a dead claimant can leave behind', async () => {
  await withRoot(async (root) => {
    const dead = { number: 0, kernel: root.kernel, token: '0'.repeat(16) }
    const path = (kind: 'new' | 'lock' | 'beat' | 'beating' | 'gone') => join(root.path, claimFileName(kind, dead))
    for (const kind of ['new', 'lock', 'beat', 'beating'] as const) writeFileSync(path(kind), '')
    mkdirSync(join(path('gone'), 'folder'), { recursive: true })
    utimesSync(path('new'), 1, 1)
    const slot = await claimSlot(root, 0)
    await slot?.release()
    assert.equal([slot?.number, readdirSync(root.path)], [0, []])
  })
})

claims('waits for a rival that does not own the slot, but not for ever', async () => {
  await withRoot(async (root) => {
    const stopped = { number: 0, kernel: root.kernel, token: 'f'.repeat(16) }
    const socket = await listenIn(root.path, claimFileName('lock', stopped))
    const slot = await claimLowestSlot(root)
    await socket.close()
    await slot.release()
    assert.is(slot.number, 1)
  })
})

claims('passes over a number that a file has', async () => {
  await withRoot(async (root) => {
    writeFileSync(join(root.path, '000'), 'a file')
    const slot = await claimLowestSlot(root)
    await slot.release()
    assert.equal([slot.number, readdirSync(root.path)], [1, ['000']])
  })
})

claims('says what is wrong when the root has gone', async () => {
  await withRoot(async (root) => {
    rmSync(root.path, { recursive: true })
    const error = await claimLowestSlot(root).then(
      () => null,
      (reason: unknown) => reason,
    )
    assert.match(String(error), `queue.disk.path "${root.path}" is gone`)
  })
})

claims.run()
