import type { Segment } from './segment.js'

/** Decisions on which the journal's promises rest. Tests break them one by one, to see that each breach is found. */
export interface Rules {
  /** Which of the free segments is written next. @param free in the order in which they were written */
  nextFree(free: readonly Segment[]): Segment | undefined
  /** Which segment of the log is emptied next. @param log in its order, without the one that is written */
  nextSource(log: readonly Segment[]): Segment | undefined
  /** What the medium is told: the segments below this one are reclaimed. */
  shownOldest(oldest: number): number
  /** Whether copies that were written before the sync of that number are on the medium. */
  areSynced(writtenBefore: number, syncs: number): boolean
}

export const rules: Rules = {
  /**
   * The oldest: what lies in free segments is then gone in the order in which it was written, jobs before what settled them, and a
   * job cannot come back because only its end was overwritten.
   */
  nextFree: (free) => free[0],
  /** The oldest only: no job lies in an older segment then, and what settles jobs can go with it. */
  nextSource: (log) => log[0],
  /** The truth: else a reclaimed segment that is still there would count again when one behind it is gone. */
  shownOldest: (oldest) => oldest,
  areSynced: (writtenBefore, syncs) => syncs > writtenBefore,
}
