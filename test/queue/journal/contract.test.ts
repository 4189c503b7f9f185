import { SeededRandom } from '../../../scripts/journal-crashes/random.js'
import { SimulatedDisk } from '../../../scripts/journal-crashes/simulated-disk.js'
import { testJobStore } from '../job-store-contract.js'
import { openSmallJournal } from './support/small-journal.js'

testJobStore('the journal', async () => {
  const disk = new SimulatedDisk(new SeededRandom(1))
  return { open: async () => openSmallJournal(disk), remove: async () => undefined }
})

testJobStore('the journal that syncs now and then', async () => {
  const disk = new SimulatedDisk(new SeededRandom(1))
  return { open: async () => openSmallJournal(disk, { sync: 'process' }), remove: async () => undefined }
})
