import type { DiskFile } from './disk.js'
import { alignmentOf } from './location.js'
import type { Salt } from './salt.js'
import { DATA_START } from './segment-header.js'

/** A segment's file, open, and what is known of it. */
export class Segment {
  readonly slot: number
  readonly name: string
  readonly file: DiskFile
  readonly bytes: number
  readonly alignment: number
  salt: Salt
  /** 0 when it never was part of the journal. */
  order = 0
  /** Where its records end, as far as they were written. */
  end = DATA_START
  /** Where those end that are known to be on the medium. */
  syncedEnd = DATA_START
  /** Jobs and letters whose body is here. */
  live = 0
  /** Damaged parts that were found in it. */
  skipped = 0
  /** Nothing more is written to it, and all that is in it was synced. */
  isClosed = false
  /** A write or a sync has failed: it is final, and never used again. */
  hasFailed = false
  /** It was damaged when it was read: it is put aside, not used again. */
  isDamaged = false

  constructor(slot: number, name: string, file: DiskFile, bytes: number, salt: Salt) {
    this.slot = slot
    this.name = name
    this.file = file
    this.bytes = bytes
    this.salt = salt
    this.alignment = alignmentOf(bytes)
  }

  /** It becomes part of the journal, empty. */
  begin(order: number, salt: Salt): void {
    this.order = order
    this.salt = salt
    this.end = DATA_START
    this.syncedEnd = DATA_START
    this.live = 0
    this.skipped = 0
    this.isClosed = false
  }
}
