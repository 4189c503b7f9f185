import { randomBytes } from 'node:crypto'
import type { OpenStore } from '../../../../src/queue/job-store.js'
import type { Disk } from '../../../../src/queue/journal/disk.js'
import { openJournal } from '../../../../src/queue/journal/open-journal.js'
import type { JournalOptions } from '../../../../src/queue/journal/options.js'
import { unixMs } from '../../../../src/time/clocks.js'

const KiB = 1024

export const smallOptions: JournalOptions = {
  maxBytes: 2048 * KiB,
  segmentBytes: 128 * KiB,
  maxJobs: 10_000,
  sync: 'power',
  letters: { maxBytes: 2 ** 40, maxAgeMs: 2 ** 40 },
  clock: { monotonicNow: () => performance.now(), unixNow: () => unixMs(1_700_000_100_000) },
  random: (bytes) => randomBytes(bytes),
}

export function openSmallJournal(disk: Disk, options: Partial<JournalOptions> = {}): OpenStore {
  return openJournal(disk, { ...smallOptions, ...options })
}
