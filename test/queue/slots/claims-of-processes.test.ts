import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../../scripts/temporary-folder.js'
import { claimLowestSlot, claimSlot } from '../../../src/queue/slots/claim.js'
import { openSlotRoot } from '../../../src/queue/slots/root.js'
import { Claimant, withClaimants } from './support.js'

const processes = suite('slots of several processes')

async function inFolder(use: (path: string) => Promise<void>): Promise<void> {
  const folder = temporaryFolder()
  try {
    await use(join(folder.path, 'queue'))
  } finally {
    folder.remove()
  }
}

function start(path: string, count: number): Promise<Claimant>[] {
  return Array.from({ length: count }, () => Claimant.start(path))
}

for (const count of [2, 6]) {
  processes(`are never shared by ${count} that claim at once`, async () => {
    await inFolder((path) =>
      withClaimants(start(path, count), async (...claimants) => {
        for (let round = 0; round < 3; round++) {
          const numbers = await Promise.all(claimants.map((claimant) => claimant.claimLowest()))
          assert.is(new Set(numbers).size, count)
          await Promise.all(claimants.map((claimant, index) => claimant.release(numbers[index] ?? -1)))
        }
        assert.equal(readdirSync(path), [])
      }),
    )
  })
}

processes('are never owned by two that take, release and remove one again and again', async () => {
  await inFolder((path) =>
    withClaimants(start(path, 3), async (...claimants) => {
      const results = await Promise.all(claimants.map((claimant) => claimant.churn(25)))
      assert.equal(results, Array(3).fill({ owned: 25, shared: 0 }))
    }),
  )
})

processes('are never owned by two while others are killed in the middle of it', async () => {
  await inFolder((path) =>
    withClaimants(start(path, 2), async (...claimants) => {
      let isOver = false
      const deaths = async () => {
        while (!isOver) {
          const victim = await Claimant.start(path)
          victim.startChurning()
          await claimants[0]?.free()
          await victim.kill()
        }
      }
      const dying = deaths()
      const result = await claimants[1]?.churn(50)
      isOver = true
      await dying
      assert.equal(result, { owned: 50, shared: 0 })
    }),
  )
})

processes('are free for another at once when their owner is killed', async () => {
  await inFolder((path) =>
    withClaimants(start(path, 2), async (first, second) => {
      await first?.claimLowest()
      await first?.kill()
      assert.is(await second?.claimLowest(), 0)
    }),
  )
})

processes(
  'are free when their owner has ended without releasing them, which they do not keep from ending',
  async () => {
    await inFolder((path) =>
      withClaimants(start(path, 2), async (first, second) => {
        await first?.claimLowest()
        const status = await first?.leave()
        assert.equal([status, await second?.claimLowest()], [0, 0])
      }),
    )
  },
)

processes('stay their owner’s while it is stopped, however often it is asked', async () => {
  await inFolder((path) =>
    withClaimants(start(path, 2), async (first, second) => {
      await first?.claimLowest()
      first?.signal('SIGSTOP')
      const lock = readdirSync(path).find((name) => name.includes('.lock-')) ?? ''
      const answers = await Promise.all(Array.from({ length: 600 }, () => connect(join(path, lock))))
      const taken = await second?.claim(0)
      const free = await second?.free()
      first?.signal('SIGCONT')
      const isOurs = await first?.isOurs(0)
      assert.ok(answers.includes('EAGAIN'), 'the backlog of the stopped owner is full')
      assert.equal({ taken, free, isOurs }, { taken: false, free: [], isOurs: true })
    }),
  )
})

processes('are free when the thread that owned them has ended', async () => {
  await inFolder(async (path) => {
    const modules = ['claim', 'root'].map(
      (name) => new URL(`../../../src/queue/slots/${name}.js`, import.meta.url).href,
    )
    const worker = new Worker(
      `const { parentPort, workerData: { modules, path } } = require('node:worker_threads')
      Promise.all(modules.map((url) => import(url))).then(async ([{ claimLowestSlot }, { openSlotRoot }]) => {
        const { number } = await claimLowestSlot(openSlotRoot(path))
        parentPort.on('message', () => {})
        parentPort.postMessage(number)
      })`,
      { eval: true, workerData: { modules, path } },
    )
    const [number] = await once(worker, 'message')
    const root = openSlotRoot(path)
    const before = await claimSlot(root, number)
    await worker.terminate()
    const after = await claimLowestSlot(root)
    await after.release()
    assert.equal([number, before, after.number, readdirSync(path)], [0, null, 0, []])
  })
})

async function connect(path: string): Promise<string> {
  const connection = createConnection(path)
  try {
    await once(connection, 'connect')
    return 'connected'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  } finally {
    connection.destroy()
  }
}

processes.run()
