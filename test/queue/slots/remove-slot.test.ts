import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../../scripts/temporary-folder.js'
import { claimSlot } from '../../../src/queue/slots/claim.js'
import { freeSlots } from '../../../src/queue/slots/free-slots.js'
import { claimFileName } from '../../../src/queue/slots/names.js'
import { removeSlot } from '../../../src/queue/slots/remove-slot.js'
import { openSlotRoot, type SlotRoot } from '../../../src/queue/slots/root.js'
import { Claimant, withClaimants } from './support.js'

const removal = suite('the removal of a slot')

async function withRoot(use: (root: SlotRoot) => Promise<void>): Promise<void> {
  const folder = temporaryFolder()
  try {
    await use(openSlotRoot(join(folder.path, 'queue')))
  } finally {
    folder.remove()
  }
}

removal('deletes its folder and frees its number', async () => {
  await withRoot(async (root) => {
    const slot = await claimSlot(root, 3)
    if (slot === null) throw new Error('slot 3 is not free')
    mkdirSync(join(slot.folder, 'letters'))
    writeFileSync(join(slot.folder, 'letters', 'segment'), 'done')
    const result = await removeSlot(slot)
    assert.equal([result, slot.isOurs(), readdirSync(root.path)], ['removed', false, []])
  })
})

removal('is no removal when the slot was lost', async () => {
  await withRoot(async (root) => {
    const slot = await claimSlot(root, 0)
    if (slot === null) throw new Error('slot 0 is not free')
    writeFileSync(join(slot.folder, 'segment'), 'jobs of the new owner')
    rmSync(join(root.path, claimFileName('lock', slot.claim)))
    assert.equal([await removeSlot(slot), readdirSync(slot.folder)], ['lost', ['segment']])
  })
})

removal('that did not get to its end leaves the slot to be drained again', async () => {
  await withRoot(async (root) => {
    const dead = { number: 4, kernel: root.kernel, token: 'a'.repeat(16) }
    const removing = join(root.path, claimFileName('removing', dead))
    mkdirSync(removing)
    writeFileSync(join(removing, 'segment'), 'jobs')
    const { numbers } = await freeSlots(root)
    const slot = await claimSlot(root, 4)
    const text = readFileSync(join(slot?.folder ?? '', 'segment'), 'utf8')
    await slot?.release()
    assert.equal([numbers, text, readdirSync(root.path)], [[4], 'jobs', ['004']])
  })
})

removal('loses nothing of another that takes the slot at the same moment', async () => {
  await withRoot((root) =>
    withClaimants([Claimant.start(root.path), Claimant.start(root.path)], async (remover, other) => {
      for (let round = 0; round < 30; round++) {
        await remover?.claim(0)
        writeFileSync(join(root.path, '000', 'segment'), 'done')
        const removed = remover?.remove(0)
        let isTaken = false
        while (!isTaken) isTaken = (await other?.claim(0)) ?? false
        writeFileSync(join(root.path, '000', 'other'), 'jobs')
        assert.is(await removed, 'removed')
        assert.equal(readdirSync(join(root.path, '000')), ['other'])
        rmSync(join(root.path, '000', 'other'))
        await other?.release(0)
      }
    }),
  )
})

removal.run()
