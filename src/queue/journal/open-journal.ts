import type { OpenStore } from '../job-store.js'
import type { Disk } from './disk.js'
import { checkFormat } from './format-file.js'
import { Journal } from './journal.js'
import { LetterLimits } from './letter-limits.js'
import { JournalLetters } from './letters.js'
import { Log } from './log.js'
import { type JournalOptions, segmentPlan } from './options.js'
import { Reclaim } from './reclaim.js'
import { LONGEST_HEAD } from './record.js'
import { RecordReader } from './record-reader.js'
import { recover } from './recover.js'
import { rules as allRules } from './rules.js'
import { DATA_START } from './segment-header.js'
import { Transitions } from './transitions.js'
import { Writer } from './writer.js'

/** The longest body that a journal of these options stores, in bytes. */
export function longestBody(options: Pick<JournalOptions, 'maxBytes' | 'segmentBytes'>): number {
  const { bytes } = segmentPlan(options)
  // Beside it a segment holds its header, a mark and the job's head.
  return bytes - DATA_START - Math.min(2 * LONGEST_HEAD, bytes / 4)
}

/**
 * Opens the journal in a folder, and makes it when there is none. Nobody else may have it open.
 * @param rules for tests
 * @throws JournalFormatError, or what the system says when the folder cannot be read or written
 */
export function openJournal(disk: Disk, options: JournalOptions, rules = allRules): OpenStore {
  checkFormat(disk)
  const { bytes: segmentBytes, most: mostSegments } = segmentPlan(options)
  const { random, sync, clock, maxJobs } = options
  const { pool, index, events, damaged } = recover(disk, { segmentBytes, mostSegments, random }, rules)
  const recovery = { jobs: index.jobs.count, events, deadLetters: index.dead.count, damaged }
  const firstSeq = index.highestSeq + 1
  const records = new RecordReader(pool, index)
  const transitions = new Transitions(index)
  const writer = new Writer(pool, segmentBytes)
  const reclaim = new Reclaim({ pool, index, writer, records, rules }, segmentBytes)
  const log = new Log({ pool, index, writer, reclaim }, { sync, clock, segmentBytes, mostSegments })
  if (options.isForNewJobs === true) log.prepare()
  const limits = new LetterLimits(index, records, options)
  const parts = { pool, index, writer, log, records, transitions, limits }
  const journal = new Journal(parts, { maxJobs, longestBody: longestBody(options) })
  return {
    jobs: journal,
    letters: new JournalLetters(parts),
    recovery,
    firstSeq,
    nextSeq: () => index.highestSeq + 1,
    figures: () => ({
      jobs: index.jobs.count,
      bytes: index.jobs.bytes,
      letters: index.dead.count,
      letterBytes: index.dead.bytes,
      storedBytes: pool.storedBytes,
      lettersEvicted: journal.lettersEvicted + reclaim.evicted,
      skipped: damaged + journal.lost + reclaim.lost + records.unreadable,
    }),
  }
}
