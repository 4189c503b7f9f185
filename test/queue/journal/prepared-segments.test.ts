import { randomBytes } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { jobNumber } from '../../../bench/harness/stored-jobs.js'
import { type TemporaryFolder, temporaryFolder } from '../../../scripts/temporary-folder.js'
import { NodeDisk, openJournal } from '../../../src/queue/journal/index.js'
import { monotonicNow, unixNow } from '../../../src/time/clocks.js'

const test = suite<{ folder: TemporaryFolder }>('segments that a journal prepares')

const MiB = 2 ** 20

test.before.each((context) => {
  context.folder = temporaryFolder()
})
test.after.each(({ folder }) => folder.remove())

const open = (path: string, isForNewJobs: boolean) =>
  openJournal(new NodeDisk(path), {
    maxBytes: 32 * MiB,
    maxJobs: 1000,
    sync: 'process',
    letters: { maxBytes: MiB, maxAgeMs: 1000 },
    clock: { monotonicNow, unixNow },
    random: randomBytes,
    isForNewJobs,
  })

const group = { jobs: [jobNumber(0, { app: 'app', endpoint: 'hook' })], changes: [] }

test('are there before the first group when it is for new jobs', async ({ folder }) => {
  const journal = open(folder.path, true)
  const before = journal.figures().storedBytes
  await journal.jobs.commit(group)
  assert.ok(before >= 16 * MiB && journal.figures().storedBytes - before <= 4 * MiB)
  await journal.jobs.close()
})

test('are not made when it is only read', async ({ folder }) => {
  const journal = open(folder.path, false)
  assert.is(journal.figures().storedBytes, 0)
  await journal.jobs.close()
})

test.run()
