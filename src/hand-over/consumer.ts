import { HandOverMemory, HandOverWord, type StoreHealth } from './layout.js'

/**
 * The storage thread's end of a hand-over. It reads ahead of what has left the ring: entries leave when `leave` says that what they
 * say is stored, so that another storage thread finds the others again.
 */
export class HandOverConsumer {
  readonly memory: HandOverMemory
  /** The position of the entry to be read next. */
  #cursor: number

  constructor(shared: SharedArrayBuffer) {
    this.memory = new HandOverMemory(shared)
    this.#cursor = Atomics.load(this.memory.words, HandOverWord.Head)
  }

  /** The first word of the next entry that was not read yet, or -1 when there is none. Reading it is a move. */
  next(): number {
    const { memory } = this
    if (this.#cursor === Atomics.load(memory.words, HandOverWord.Tail)) return -1
    const at = memory.entryAt(this.#cursor)
    this.#cursor = (this.#cursor + 1) | 0
    return at
  }

  /** Entries that were not read yet. */
  get unread(): number {
    return this.memory.distance(this.#cursor, Atomics.load(this.memory.words, HandOverWord.Tail))
  }

  /** Entries that have not left. */
  get backlog(): number {
    const { words } = this.memory
    return this.memory.distance(Atomics.load(words, HandOverWord.Head), Atomics.load(words, HandOverWord.Tail))
  }

  /** Everything that was read leaves the ring. */
  leave(): void {
    Atomics.store(this.memory.words, HandOverWord.Head, this.#cursor)
  }

  /** What was read and has not left is read again. */
  rewind(): void {
    this.#cursor = Atomics.load(this.memory.words, HandOverWord.Head)
  }

  /** Shows the shard that something was stored. @returns whether the shard asked to be notified */
  committed(): boolean {
    const { words } = this.memory
    Atomics.add(words, HandOverWord.Commits, 1)
    return Atomics.exchange(words, HandOverWord.Awaited, 0) === 1
  }

  /** What was shown last, by another thread perhaps. */
  get health(): StoreHealth {
    return Atomics.load(this.memory.words, HandOverWord.Health) as StoreHealth
  }

  /** @returns as `committed`; false also when it was shown before */
  showHealth(health: StoreHealth): boolean {
    const { words } = this.memory
    if (Atomics.exchange(words, HandOverWord.Health, health) === health) return false
    return this.committed()
  }

  /** Says until when attempts may begin: monotonic, and by the wall clock, in ms. */
  mayAttemptUntil(ms: number, unixMs: number): void {
    const { doubles } = this.memory
    doubles[HandOverWord.MayAttemptUntil >>> 1] = ms
    doubles[HandOverWord.MayAttemptUntilUnix >>> 1] = unixMs
  }

  /** Whether somebody waits for what is in the ring. Asking takes the mark back. */
  takeUrgency(): boolean {
    return Atomics.exchange(this.memory.words, HandOverWord.Urgent, 0) === 1
  }

  /** Goes to rest: the shard rings with its next entry. @returns false when there is one already, or somebody waits: no rest then */
  rest(): boolean {
    const { words } = this.memory
    Atomics.store(words, HandOverWord.Resting, 1)
    if (this.unread === 0 && Atomics.load(words, HandOverWord.Urgent) === 0) return true
    Atomics.store(words, HandOverWord.Resting, 0)
    return false
  }

  stir(): void {
    Atomics.store(this.memory.words, HandOverWord.Resting, 0)
  }

  /** Says what is added to a seal number to make a job's `seq`, unless a former thread has. @param first 1 or more */
  beginAt(first: number): void {
    const { doubles } = this.memory
    if (doubles[HandOverWord.FirstSeq >>> 1] === 0) doubles[HandOverWord.FirstSeq >>> 1] = first
  }
}
