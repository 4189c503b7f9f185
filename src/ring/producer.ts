import { align, Control, Doorbell, distance, hasDrained, MARKER_RESERVE_BYTES } from './layout.js'
import { MARKER_BYTES, RecordKind, Word } from './record.js'
import { RingMemory } from './ring-memory.js'

/** No room: the offset that `reserve` returns for it. */
export const NO_ROOM = -1

/**
 * The writing side of a ring: one thread, one instance.
 *
 * Order of memory operations: the bytes of records are plain stores; `publish` then stores `Tail` with sequential
 * consistency, so a consumer that loads the new `Tail` sees whole records. `Head` is loaded with sequential consistency
 * before a byte that the consumer has given back is overwritten. Between the two, only this thread touches the free part.
 *
 * Doorbell: `publish` stores `Tail` and then loads `Doorbell`; the consumer stores `Doorbell = Armed` and then loads
 * `Tail`. All four are sequentially consistent, so at least one side sees the other's store: either the consumer finds the
 * record, or the producer finds the doorbell armed (Dekker's argument). The compare-exchange lets only one of them disarm it.
 * `wantDrain` does the same with `WantDrain` in the place of `Tail`.
 */
export class RingProducer {
  readonly memory: RingMemory
  /** Largest record that is taken: a quarter of the ring, so that a few always fit. */
  readonly maxRecordBytes: number
  private tail: number
  /** The consumer's position as last seen: the real one is never behind it. */
  private knownHead: number
  private sequence = 0
  /** Where the record under construction begins, as a free-running position. */
  private start = 0
  private held = 0

  constructor(
    shared: SharedArrayBuffer,
    private readonly ring: () => void,
  ) {
    this.memory = new RingMemory(shared)
    this.maxRecordBytes = this.memory.capacity >>> 2
    this.tail = Atomics.load(this.memory.control, Control.Tail)
    this.knownHead = Atomics.load(this.memory.control, Control.Head)
  }

  /** Number of the next event. */
  get nextSequence(): number {
    return this.sequence
  }

  /** Events that are committed and that the consumer cannot see yet. */
  get unpublished(): number {
    return this.held
  }

  /** Bytes between the consumer and the producer. */
  get backlogBytes(): number {
    return distance(Atomics.load(this.memory.control, Control.Head), this.tail)
  }

  /** Whether half of the ring is free, which is what the consumer reports to `wantDrain`. */
  get hasDrained(): boolean {
    return hasDrained(this.backlogBytes, this.memory.capacity)
  }

  /**
   * Finds room for an event record of at most `bytes` and writes the padding that it may need.
   * @returns the byte offset to write the record at, or `NO_ROOM`: then all that was committed is published.
   */
  reserve(bytes: number): number {
    return this.reserveKeeping(bytes, MARKER_RESERVE_BYTES)
  }

  /** Completes the reserved record with its real size. The consumer sees it after the next `publish`. */
  commit(bytes: number): void {
    this.sequence = (this.sequence + 1) >>> 0
    this.held += 1
    this.advance(bytes)
  }

  /** Makes what is committed visible, and wakes a consumer that is at rest. */
  publish(): void {
    this.held = 0
    Atomics.store(this.memory.control, Control.Tail, this.tail)
    this.ringIfArmed()
  }

  /**
   * Writes a marker and publishes it. Markers may use the room that is kept from events.
   * @returns false when even that is used up: try again after `'drain'`.
   */
  writeMarker(marker: number): boolean {
    const offset = this.reserveKeeping(MARKER_BYTES, 0)
    if (offset === NO_ROOM) return false
    const word = offset >>> 2
    this.memory.words[word + Word.Size] = MARKER_BYTES
    this.memory.words[word + Word.Kind] = RecordKind.Marker
    this.memory.words[word + Word.Subject] = marker
    this.memory.words[word + Word.Sequence] = this.sequence
    this.advance(MARKER_BYTES)
    this.publish()
    return true
  }

  /** Asks the consumer to report once there is room again. A report may be under way: see `router/refusals.ts`. */
  wantDrain(): void {
    Atomics.store(this.memory.control, Control.WantDrain, 1)
    this.ringIfArmed()
  }

  private reserveKeeping(bytes: number, kept: number): number {
    const { capacity, mask, words } = this.memory
    const size = align(bytes)
    const offset = this.tail & mask
    const toEnd = capacity - offset
    const padding = size <= toEnd ? 0 : toEnd
    const needed = padding + size + kept
    if (distance(this.knownHead, this.tail) + needed > capacity) {
      this.knownHead = Atomics.load(this.memory.control, Control.Head)
      if (distance(this.knownHead, this.tail) + needed > capacity) return this.noRoom()
    }
    this.start = (this.tail + padding) >>> 0
    if (padding === 0) return offset
    words[(offset >>> 2) + Word.Size] = padding
    words[(offset >>> 2) + Word.Kind] = RecordKind.Padding
    return 0
  }

  /** What the consumer does not see it cannot give back. */
  private noRoom(): typeof NO_ROOM {
    if (this.held > 0) this.publish()
    return NO_ROOM
  }

  private advance(bytes: number): void {
    this.tail = (this.start + align(bytes)) >>> 0
  }

  private ringIfArmed(): void {
    const { control } = this.memory
    if (
      Atomics.load(control, Control.Doorbell) === Doorbell.Armed &&
      Atomics.compareExchange(control, Control.Doorbell, Doorbell.Armed, Doorbell.Disarmed) === Doorbell.Armed
    ) {
      this.ring()
    }
  }
}
