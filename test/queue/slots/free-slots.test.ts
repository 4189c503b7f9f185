import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../../scripts/temporary-folder.js'
import { claimLowestSlot, claimSlot } from '../../../src/queue/slots/claim.js'
import { freeSlots } from '../../../src/queue/slots/free-slots.js'
import { claimFileName } from '../../../src/queue/slots/names.js'
import { openSlotRoot, type SlotRoot } from '../../../src/queue/slots/root.js'
import { Claimant, withClaimants } from './support.js'

const free = suite('free slots')

async function withRoot(use: (root: SlotRoot) => Promise<void>): Promise<void> {
  const folder = temporaryFolder()
  try {
    await use(openSlotRoot(join(folder.path, 'queue')))
  } finally {
    folder.remove()
  }
}

free('are those that nobody owns and that are not empty', async () => {
  await withRoot(async (root) => {
    for (const name of ['000', '001', '003', '010']) mkdirSync(join(root.path, name))
    for (const name of ['001', '003', '010']) writeFileSync(join(root.path, name, 'segment'), 'jobs')
    const own = await claimSlot(root, 1)
    const { numbers, problems } = await freeSlots(root)
    await own?.release()
    assert.equal([numbers, problems], [[3, 10], []])
  })
})

free('appear when their owner is killed', async () => {
  await withRoot((root) =>
    withClaimants([Claimant.start(root.path)], async (claimant) => {
      await claimant?.claimLowest()
      writeFileSync(join(root.path, '000', 'segment'), 'jobs')
      const before = await freeSlots(root)
      await claimant?.kill()
      const after = await freeSlots(root)
      assert.equal([before.numbers, after.numbers, readdirSync(root.path)], [[], [0], ['000']])
    }),
  )
})

free('are looked for without leaving what dead claims left', async () => {
  await withRoot(async (root) => {
    const dead = { number: 5, kernel: root.kernel, token: 'd'.repeat(16) }
    for (const kind of ['lock', 'beat', 'beating'] as const)
      writeFileSync(join(root.path, claimFileName(kind, dead)), '')
    mkdirSync(join(root.path, claimFileName('gone', { ...dead, number: 6 }), 'folder'), { recursive: true })
    writeFileSync(join(root.path, 'notes of the operator'), 'text')
    const slot = await claimLowestSlot(root)
    const { numbers } = await freeSlots(root)
    const isOurs = slot.isOurs()
    await slot.release()
    assert.equal([numbers, isOurs, readdirSync(root.path)], [[], true, ['notes of the operator']])
  })
})

free('that cannot be read are reported as problems', async () => {
  await withRoot(async (root) => {
    const dead = { number: 2, kernel: root.kernel, token: 'd'.repeat(16) }
    writeFileSync(join(root.path, claimFileName('lock', dead)), '')
    writeFileSync(join(root.path, '002'), 'no folder')
    const { numbers, problems } = await freeSlots(root)
    assert.equal(
      [numbers, problems.map(({ code, path }) => [code, path])],
      [[], [['QUEUE_PATH_UNUSABLE', join(root.path, '002')]]],
    )
  })
})

free.run()
