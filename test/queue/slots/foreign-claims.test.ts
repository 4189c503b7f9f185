import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../../scripts/temporary-folder.js'
import { claimLowestSlot, claimSlot } from '../../../src/queue/slots/claim.js'
import { freeSlots } from '../../../src/queue/slots/free-slots.js'
import { claimFileName } from '../../../src/queue/slots/names.js'
import { openSlotRoot, type SlotRoot } from '../../../src/queue/slots/root.js'
import { until } from '../../support/until.js'
import { elsewhere } from './support.js'

const foreign = suite('slots that two machines share')

/** Two machines on one folder: the clock of the second is the test's. */
interface Machines {
  readonly first: SlotRoot
  readonly second: SlotRoot
  pass(ms: number): void
}

async function withMachines(use: (machines: Machines) => Promise<void>, beatEveryMs = 5_000): Promise<void> {
  const folder = temporaryFolder()
  let nowMs = 0
  const first = openSlotRoot(folder.path, { beatEveryMs })
  const second = openSlotRoot(folder.path, { identity: elsewhere, nowMs: () => nowMs })
  const pass = (ms: number) => {
    nowMs += ms
  }
  try {
    await use({ first, second, pass })
  } finally {
    folder.remove()
  }
}

async function lookFor(machines: Machines, seconds: number): Promise<readonly number[]> {
  let { numbers } = await freeSlots(machines.second)
  for (let passed = 0; passed < seconds; passed += 10) {
    machines.pass(10_000)
    numbers = (await freeSlots(machines.second)).numbers
  }
  return numbers
}

foreign('are not taken before a heartbeat has stood still for 30 s', async () => {
  await withMachines(async (machines) => {
    const slot = await claimLowestSlot(machines.first)
    writeFileSync(join(slot.folder, 'segment'), 'jobs')
    const early = await lookFor(machines, 20)
    const other = await claimLowestSlot(machines.second)
    const isOurs = slot.isOurs()
    await Promise.all([slot.release(), other.release()])
    assert.equal({ early, other: other.number, isOurs }, { early: [], other: 1, isOurs: true })
  })
})

foreign('are taken once it has, and the former owner knows before it commits again', async () => {
  await withMachines(async (machines) => {
    const slot = await claimLowestSlot(machines.first)
    writeFileSync(join(slot.folder, 'segment'), 'jobs')
    const free = await lookFor(machines, 30)
    const taken = await claimSlot(machines.second, 0)
    const isOurs = [slot.isOurs(), taken?.isOurs()]
    await slot.release()
    const [still, entries] = [taken?.isOurs(), readdirSync(slot.folder)]
    const refused = await claimSlot(machines.first, 0)
    await taken?.release()
    assert.equal(
      { free, isOurs, still, entries, refused },
      { free: [0], isOurs: [false, true], still: true, entries: ['segment'], refused: null },
    )
  })
})

foreign('are never taken while the owner’s heart beats', async () => {
  await withMachines(async (machines) => {
    const slot = await claimLowestSlot(machines.first)
    writeFileSync(join(slot.folder, 'segment'), 'jobs')
    const path = join(machines.first.path, claimFileName('beat', slot.claim))
    const seen = new Set<string | number>()
    for (let look = 0; look < 10; look++) {
      const { mtimeMs } = statSync(path)
      machines.pass(25_000)
      assert.equal((await freeSlots(machines.second)).numbers, [])
      seen.add(mtimeMs)
      await until(() => statSync(path).mtimeMs !== mtimeMs)
    }
    await slot.release()
    assert.is(seen.size, 10)
  }, 5)
})

foreign('are not taken after a pause of both machines', async () => {
  await withMachines(async (machines) => {
    const slot = await claimLowestSlot(machines.first)
    writeFileSync(join(slot.folder, 'segment'), 'jobs')
    await freeSlots(machines.second)
    machines.pass(24 * 3_600_000)
    const { numbers } = await freeSlots(machines.second)
    await slot.release()
    assert.equal(numbers, [])
  })
})

foreign('are taken too when their claimant died before its first heartbeat', async () => {
  await withMachines(async (machines) => {
    const claim = { number: 0, kernel: machines.first.kernel, token: '7'.repeat(16) }
    writeFileSync(join(machines.first.path, claimFileName('lock', claim)), '')
    const early = await claimSlot(machines.second, 0)
    await lookFor(machines, 30)
    const late = await claimSlot(machines.second, 0)
    await late?.release()
    assert.equal([early, late?.number, readdirSync(machines.first.path)], [null, 0, []])
  })
})

foreign('are shared by containers of one machine as by its processes', async () => {
  await withMachines(async ({ first }) => {
    const container = openSlotRoot(first.path, { identity: { ...first.identity, host: 'container', pid: 1 } })
    const slot = await claimLowestSlot(first)
    const refused = await claimSlot(container, 0)
    await slot.release()
    const taken = await claimSlot(container, 0)
    await taken?.release()
    assert.equal([refused, taken?.number], [null, 0])
  })
})

foreign.run()
