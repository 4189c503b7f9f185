import { Control, Doorbell, distance, hasDrained } from './layout.js'
import { RecordKind, Word } from './record.js'
import { RingMemory } from './ring-memory.js'

/** Nothing to read: the offset that `peek` returns for it. */
export const EMPTY = -1

/**
 * The reading side of a ring: one thread at a time, one instance a thread. A thread that takes over from a dead one goes
 * on at the shared `Head`: at the record that was being read, never behind it.
 *
 * Order of memory operations: see `RingProducer`. `Head` is stored with sequential consistency after the last read of the
 * record, so the producer never overwrites bytes that are still being read.
 */
export class RingConsumer {
  readonly memory: RingMemory
  private head: number
  /** The producer's position as last seen: the real one is never behind it. */
  private knownTail: number

  constructor(shared: SharedArrayBuffer) {
    this.memory = new RingMemory(shared)
    this.head = Atomics.load(this.memory.control, Control.Head)
    this.knownTail = Atomics.load(this.memory.control, Control.Tail)
  }

  /** Free-running position of the next record. */
  get position(): number {
    return this.head | 0
  }

  get backlogBytes(): number {
    return distance(this.head, Atomics.load(this.memory.control, Control.Tail))
  }

  /** @returns the byte offset of the next event or marker, or `EMPTY`. Skips padding. */
  peek(): number {
    const { control, mask, words } = this.memory
    for (;;) {
      if (this.head === this.knownTail) {
        this.knownTail = Atomics.load(control, Control.Tail)
        if (this.head === this.knownTail) return EMPTY
      }
      const offset = this.head & mask
      const word = offset >>> 2
      if (((words[word + Word.Kind] ?? 0) & 0xff) !== RecordKind.Padding) return offset
      this.release(words[word + Word.Size] ?? 0)
    }
  }

  /** Gives the record at `offset`, as `peek` returned it, back to the producer. */
  consume(offset: number): void {
    this.release(this.memory.words[(offset >>> 2) + Word.Size] ?? 0)
  }

  /**
   * Goes to rest.
   * @returns true when the ring is empty and the next write, or wish for a drain, will ring; false when one has come in the
   * meantime, and the consumer is not at rest.
   */
  arm(): boolean {
    const { control } = this.memory
    Atomics.store(control, Control.Doorbell, Doorbell.Armed)
    const isEmpty = (Atomics.load(control, Control.Tail) | 0) === (this.head | 0)
    if (isEmpty && Atomics.load(control, Control.WantDrain) === 0) return true
    Atomics.compareExchange(control, Control.Doorbell, Doorbell.Armed, Doorbell.Disarmed)
    return false
  }

  /** Takes the ring out of rest without a ring. */
  disarm(): void {
    Atomics.store(this.memory.control, Control.Doorbell, Doorbell.Disarmed)
  }

  /** True once after the producer was refused, when at least half of the ring is free again. */
  takeDrain(): boolean {
    const { control, capacity } = this.memory
    if (Atomics.load(control, Control.WantDrain) === 0) return false
    if (!hasDrained(this.backlogBytes, capacity)) return false
    return Atomics.exchange(control, Control.WantDrain, 0) === 1
  }

  private release(bytes: number): void {
    this.head = (this.head + bytes) | 0
    Atomics.store(this.memory.control, Control.Head, this.head)
  }
}
