import type { Segment } from './segment.js'

/** Decisions on which the journal's promises rest. Tests break them one by one, to see that each breach is found. */
export interface Rules {
  /** Which of the free segments is written next. @param free in the order in which they were written */
  nextFree(free: readonly Segment[]): Segment | undefined
  /** Which segment of the log is emptied next. @param log in its order, without the one that is written */
  nextSource(log: readonly Segment[]): Segment | undefined
  /** Whether copies that were written before the sync of that number are on the medium. */
  areSynced(writtenBefore: number, syncs: number): boolean
  /** Whether a segment whose write or sync has failed is written on. */
  reusesFailed: boolean
}

export const rules: Rules = {
  /**
   * The oldest: what lies in free segments is then gone in the order in which it was written, jobs before what settled them, and a
   * job cannot come back because only its end was overwritten.
   */
  nextFree: (free) => free[0],
  /** The oldest only: no job lies in an older segment then, and what settles jobs can go with it. */
  nextSource: (log) => log[0],
  areSynced: (writtenBefore, syncs) => syncs > writtenBefore,
  /** After a failed sync the system may take pages for written that are not, and a second sync says nothing. */
  reusesFailed: false,
}
