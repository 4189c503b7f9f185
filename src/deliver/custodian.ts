import type { SlabId } from '../arena/arena-memory.js'
import type { Batches, Replaced } from '../arena/batches.js'
import { Custody, custodyOf, generationOf, isKnown, STATES_TO_STORE } from '../arena/custody.js'
import { deliveryIdText } from '../arena/delivery-ids.js'
import { SlabState, SlabWord } from '../arena/layout.js'
import { Fifo } from '../collections/fifo.js'
import { groupBy } from '../collections/group-by.js'
import { StoreHealth } from '../hand-over/layout.js'
import type { HandOverProducer } from '../hand-over/producer.js'
import type { EndpointNumber } from '../indexes.js'
import { monotonicNow as now, numberOf, unixOf } from '../time/clocks.js'
import type { Disposal } from './disposal.js'
import { type SlabUse, Splits } from './splits.js'

/** How the custodian stores. */
export interface CustodianOptions {
  /** How old a batch is before it is stored, in ms. */
  readonly afterMs: number
  /**
   * Whether batches are handed over to the store: none is stored beside its delivery. What is delivered came from the store, and stays there
   * until it and all of its parts have settled.
   */
  readonly handsOver: boolean
}

/** What the custodian reports. */
export interface CustodianHost {
  /** Called before the first batch of an endpoint is handed over. @returns false when there is no such endpoint at present */
  name(endpoint: EndpointNumber): boolean
  /** The dead letter in this slab is stored: the slab is the host's to dispose of. */
  letterStored(slab: SlabId): void
  /** The batch in this slab is parked in the store. The slab is free after this. */
  parked(slab: SlabId): void
}

/** A batch that is stored once it is old enough. */
interface Young extends SlabUse {
  readonly dueAtMs: number
}

interface Letter extends SlabUse {
  /** The storage thread was told of it as a dead letter: once it is stored, it is stored as such. */
  isOffered: boolean
}

/** A caller that waits for batches to be stored. */
interface Persist {
  readonly uses: readonly SlabUse[]
  readonly done: () => void
}

/** A caller that waits for dead letters to be stored, as long as the store can take them. */
interface LetterWait {
  readonly uses: readonly SlabUse[]
  readonly done: (areStored: boolean) => void
}

/**
 * The shard's side of custody (`arena/custody.ts`): has sealed batches and dead letters stored beside their delivery, cancels what
 * settles before its turn, and frees slabs when neither side needs them.
 */
export class Custodian implements Disposal, Replaced {
  readonly #batches: Batches
  readonly #handOver: HandOverProducer
  readonly #afterMs: number
  readonly #handsOver: boolean
  readonly #host: CustodianHost
  readonly #named = new Set<EndpointNumber>()
  readonly #young = new Fifo<Young>()
  /** Slabs that wait for the storage thread, or settled ones for room in the hand-over. */
  #watched: SlabUse[] = []
  /** Slabs that are wanted, and found no room in the hand-over. */
  #unoffered: SlabUse[] = []
  #letters: Letter[] = []
  #persists: Persist[] = []
  #letterWaits: LetterWait[] = []
  readonly #splits = new Splits()
  #commits: number

  constructor(
    batches: Batches,
    handOver: HandOverProducer,
    { afterMs, handsOver }: CustodianOptions,
    host: CustodianHost,
  ) {
    this.#batches = batches
    this.#handOver = handOver
    this.#afterMs = afterMs
    this.#handsOver = handsOver
    this.#host = host
    this.#commits = handOver.commits
  }

  /** When `run` is to be called, in ms; Infinity: when something was stored. */
  get nextAtMs(): number {
    return this.#young.peek()?.dueAtMs ?? Number.POSITIVE_INFINITY
  }

  /** A batch was sealed, or is a dead letter no longer: it is stored when it is old enough. */
  sealed(slab: SlabId, nowMs: number): void {
    const { custody } = this.#batches
    // What the store has is the dead letter.
    if (custody.exchange(slab, custody.generation(slab), Custody.Stored, Custody.Wanted)) this.#offer(slab)
    else if (this.#afterMs === 0) this.want(slab)
    else this.#young.push({ ...this.#use(slab), dueAtMs: nowMs + this.#afterMs })
  }

  /** Hands a sealed batch over: its slab is free once the store has it. */
  handOver(slab: SlabId): void {
    const { custody, slabs } = this.#batches
    const generation = custody.generation(slab)
    // What the store has is a dead letter, or lost.
    const isStored = custody.exchange(slab, generation, Custody.Stored, Custody.Wanted)
    if (!isStored) custody.exchange(slab, generation, Custody.None, Custody.Wanted)
    // Before it is offered: once it is stored, the next thread must not take it for one that came from the store.
    slabs.setState(slab, SlabState.Parked)
    this.#offer(slab)
    this.#watch(slab)
  }

  /** The store goes on having the batch, and its slab is free. */
  forget(slab: SlabId): void {
    this.#batches.allocator.release(slab)
  }

  /** The same of the endpoint's batches whose events are in parts. */
  forgetSplits(endpoint: EndpointNumber): void {
    const { slabs } = this.#batches
    for (const { slab } of this.#splits.takeWhere((whole) => slabs.endpoint(whole) === endpoint)) this.forget(slab)
  }

  /** Has the slab's batch stored, unless it is, or is about to be. */
  want(slab: SlabId): void {
    const { custody } = this.#batches
    if (custody.exchange(slab, custody.generation(slab), Custody.None, Custody.Wanted)) this.#offer(slab)
  }

  /** Takes over a slab of a former thread's: what that may not have said is said again. */
  adopt(slab: SlabId): void {
    const { custody, slabs } = this.#batches
    const state = slabs.state(slab)
    if (state === SlabState.Dead) this.buried(slab)
    else if (state === SlabState.Left) this.left(slab)
    else {
      if (custody.of(slab) === Custody.Wanted) this.#offer(slab)
      else this.want(slab)
      if (state === SlabState.Parked) this.#watch(slab)
    }
  }

  /** As `adopt`, of all that had settled. What is left of the same deliveries are parts, of them or beside them. */
  adoptSettled(settled: readonly SlabId[]): void {
    if (settled.length === 0) return
    const parts = this.#partsByDelivery()
    for (const slab of settled) this.#doneAfter(slab, parts.get(this.#deliveryOf(slab)) ?? [])
  }

  done(slab: SlabId): void {
    const { slabs, allocator } = this.#batches
    const word = this.#cancel(slab)
    const isTaken = custodyOf(word) === Custody.Taken
    // Before the store is told: the next thread must not take the batch for one that the store still has.
    if ((isTaken || isKnown(word)) && slabs.state(slab) !== SlabState.Settled) slabs.setState(slab, SlabState.Settled)
    if (isTaken || (isKnown(word) && !this.#handOver.done(slab))) this.#watch(slab)
    else allocator.release(slab)
    if (this.#handsOver) this.#endSplits()
  }

  buried(slab: SlabId): void {
    const letter = { ...this.#use(slab), isOffered: false }
    this.#letters.push(letter)
    this.#nameOwner(slab)
    this.#offerLetter(letter)
  }

  left(slab: SlabId): void {
    const { slabs, allocator } = this.#batches
    if (custodyOf(this.#cancel(slab)) !== Custody.Taken) allocator.release(slab)
    else {
      if (slabs.state(slab) !== SlabState.Left) slabs.setState(slab, SlabState.Left)
      this.#watch(slab)
    }
  }

  isMovable(slab: SlabId): boolean {
    return this.#batches.custody.of(slab) !== Custody.Taken
  }

  failed(slab: SlabId, retryAtMs: number): void {
    const { custody, slabs } = this.#batches
    if (!isKnown(custody.load(slab))) {
      if (!this.#handsOver) this.want(slab)
      return
    }
    const spentMs = Math.max(now() - slabs.time(slab, SlabWord.FirstAttemptAt), 0)
    const attempts = slabs.word(slab, SlabWord.Attempts)
    // Where it finds no room, the next attempt's will: until then a restart counts one attempt less.
    const nextAt = this.#handsOver ? Math.round(numberOf(unixOf(retryAtMs))) : 0
    this.#handOver.state(slab, attempts, slabs.word(slab, SlabWord.LastStatus), spentMs, nextAt)
  }

  /** The store is told that the whole is done when it has the parts, or they have settled. */
  split(slab: SlabId, parts: readonly SlabId[]): void {
    if (!this.#handsOver) for (const part of parts) this.want(part)
    const uses = parts.map((part) => this.#use(part))
    this.#splits.replace(slab, uses)
    this.#doneAfter(slab, uses)
  }

  moved(slab: SlabId, to: SlabId): void {
    const word = this.#cancel(slab)
    if (custodyOf(word) === Custody.Taken || isKnown(word)) this.#batches.custody.know(to)
    this.#splits.replace(slab, [this.#use(to)])
    this.left(slab)
  }

  /** Parks a sealed batch: its slab is free once the store has it. */
  park(slab: SlabId): void {
    this.want(slab)
    this.#batches.slabs.setState(slab, SlabState.Parked)
    if (!this.#freeParked(slab)) this.#watch(slab)
  }

  /**
   * Takes back batches that are still being parked, because the store cannot take them. One that the storage thread has at hand keeps
   * the later ones of its endpoint behind it.
   * @param isOf of which endpoints
   * @returns them, sealed, in their order
   */
  takeBack(isOf: (endpoint: EndpointNumber) => boolean): readonly SlabId[] {
    const { slabs } = this.#batches
    const isParked = ({ slab }: SlabUse): boolean =>
      slabs.state(slab) === SlabState.Parked && isOf(slabs.endpoint(slab))
    const parked = this.#watched.filter(isParked).map(({ slab }) => slab)
    parked.sort((a, b) => (slabs.word(a, SlabWord.Order) - slabs.word(b, SlabWord.Order)) | 0)
    const held = new Set<EndpointNumber>()
    const back = parked.filter((slab) => {
      const endpoint = slabs.endpoint(slab)
      if (!this.isMovable(slab)) held.add(endpoint)
      return !held.has(endpoint)
    })
    for (const slab of back) slabs.setState(slab, SlabState.Sealed)
    this.#watched = this.#watched.filter(({ slab }) => slabs.state(slab) !== SlabState.Sealed)
    return back
  }

  /** Names the endpoints to another storage thread. One that is at rest is named when it has a batch again. */
  nameAgain(): void {
    for (const endpoint of this.#named) if (!this.#host.name(endpoint)) this.#named.delete(endpoint)
  }

  /** Has everything that is wanted stored at once. */
  hurry(): void {
    for (let young = this.#young.shift(); young !== undefined; young = this.#young.shift()) this.#wantYoung(young)
    this.#handOver.hurry()
  }

  /** Calls `done` when every batch that there is now is stored, or needs not be any more. */
  whenStored(done: () => void): void {
    const uses: SlabUse[] = []
    this.#batches.allocator.memory.forEachUsed((slab) => {
      const use = this.#use(slab)
      if (this.#isInParts(slab)) return
      if (STATES_TO_STORE.has(this.#batches.slabs.state(slab)) && !this.#isStored(use)) uses.push(use)
    })
    this.hurry()
    if (uses.length === 0) done()
    else this.#persists.push({ uses, done })
  }

  /** Calls `done` when every dead letter that there is now is in the store, or with false when the store cannot take one at present. */
  whenLettersStored(done: (areStored: boolean) => void): void {
    this.#letterWaits.push({ uses: [...this.#letters], done })
    this.hurry()
    this.#lettersStored()
  }

  run(nowMs: number): void {
    for (let young = this.#young.peek(); young !== undefined && young.dueAtMs <= nowMs; young = this.#young.peek()) {
      this.#young.shift()
      this.#wantYoung(young)
    }
    if (this.#commits !== this.#handOver.commits) this.#lookAtAll()
    this.#endSplits()
    if (this.#persists.length > 0) this.#persisted()
    if (this.#letterWaits.length > 0) this.#lettersStored()
  }

  #endSplits(): void {
    if (this.#splits.size === 0) return
    for (const { slab } of this.#splits.takeReady((part) => !this.#isStored(part))) this.done(slab)
  }

  #lookAtAll(): void {
    this.#commits = this.#handOver.commits
    const [watched, unoffered] = [this.#watched, this.#unoffered]
    this.#watched = []
    this.#unoffered = []
    for (const use of watched) this.#look(use)
    for (const use of unoffered) this.#offerAgain(use)
    this.#letters = this.#letters.filter((letter) => !this.#isLetterStored(letter))
  }

  #persisted(): void {
    const before = this.#persists
    this.#persists = []
    for (const { uses, done } of before) {
      const left = uses.filter((use) => !this.#isStored(use))
      if (left.length === 0) done()
      else this.#persists.push({ uses: left, done })
    }
  }

  #lettersStored(): void {
    const before = this.#letterWaits
    this.#letterWaits = []
    for (const { uses, done } of before) {
      const left = uses.filter((use) => !this.#isStored(use))
      if (left.length === 0) done(true)
      else if (this.#handOver.health !== StoreHealth.Ok) done(false)
      else this.#letterWaits.push({ uses: left, done })
    }
  }

  /** Whether the store has the batch that this is a part of. */
  #isInParts(slab: SlabId): boolean {
    const { slabs } = this.#batches
    const state = slabs.state(slab)
    return this.#handsOver && slabs.isPart(slab) && (state === SlabState.Sealed || state === SlabState.InFlight)
  }

  #isStored({ slab, generation }: SlabUse): boolean {
    const { custody, slabs } = this.#batches
    const state = slabs.state(slab)
    if (!STATES_TO_STORE.has(state) || custody.generation(slab) !== generation) return true
    return state !== SlabState.Dead && custody.of(slab) === Custody.Stored
  }

  /** Asks the storage thread for a message, if it is waited for. @returns false when something was stored meanwhile: `run` comes first */
  rest(): boolean {
    const lists = [this.#watched, this.#unoffered, this.#letters, this.#persists]
    if (this.#splits.size === 0 && lists.every(({ length }) => length === 0)) return true
    this.#handOver.await()
    return this.#commits === this.#handOver.commits
  }

  #wantYoung(use: Young): void {
    const { custody, slabs } = this.#batches
    const state = slabs.state(use.slab)
    const isSame = custody.generation(use.slab) === use.generation
    if (isSame && (state === SlabState.Sealed || state === SlabState.InFlight)) this.want(use.slab)
  }

  /** Looks at a slab that was watched, and watches it again where it has to. */
  #look(use: SlabUse): void {
    const { slab, generation } = use
    const { custody, slabs } = this.#batches
    if (custody.generation(slab) !== generation) return
    const state = slabs.state(slab)
    if (state === SlabState.Settled) {
      if (!this.#splits.has(slab)) this.done(slab)
    } else if (state === SlabState.Left) this.left(slab)
    else if (state === SlabState.Parked && !this.#freeParked(slab)) this.#watched.push(use)
  }

  #offerAgain({ slab, generation }: SlabUse): void {
    const { custody } = this.#batches
    if (custody.generation(slab) === generation && custody.of(slab) === Custody.Wanted) this.#offer(slab)
  }

  /** @returns false while the store does not have it */
  #freeParked(slab: SlabId): boolean {
    const { custody, allocator } = this.#batches
    if (custody.of(slab) !== Custody.Stored) return false
    if (!this.#handsOver && !this.#handOver.release(slab)) return false
    this.#host.parked(slab)
    allocator.release(slab)
    return true
  }

  /** @returns whether the letter need not be looked at any more */
  #isLetterStored(letter: Letter): boolean {
    const { slab, generation } = letter
    const { custody, slabs } = this.#batches
    if (custody.generation(slab) !== generation || slabs.state(slab) !== SlabState.Dead) return true
    if (!letter.isOffered) this.#offerLetter(letter)
    else if (custody.of(slab) === Custody.Stored) {
      this.#host.letterStored(slab)
      return true
    }
    return false
  }

  #offerLetter(letter: Letter): void {
    const { slab, generation } = letter
    const { custody } = this.#batches
    const isWanted =
      custody.exchange(slab, generation, Custody.None, Custody.Wanted) ||
      custody.exchange(slab, generation, Custody.Stored, Custody.Wanted) ||
      custody.of(slab) === Custody.Wanted
    letter.isOffered = isWanted && this.#handOver.dead(slab, generation)
  }

  #offer(slab: SlabId): void {
    this.#nameOwner(slab)
    const use = this.#use(slab)
    if (!this.#handOver.store(slab, use.generation)) this.#unoffered.push(use)
  }

  #watch(slab: SlabId): void {
    this.#watched.push(this.#use(slab))
  }

  #use(slab: SlabId): SlabUse {
    return { slab, generation: this.#batches.custody.generation(slab) }
  }

  #nameOwner(slab: SlabId): void {
    const endpoint = this.#batches.slabs.endpoint(slab)
    if (!this.#named.has(endpoint) && this.#host.name(endpoint)) this.#named.add(endpoint)
  }

  /** A batch has settled whose events are in these parts. */
  #doneAfter(slab: SlabId, parts: readonly SlabUse[]): void {
    const { slabs } = this.#batches
    const word = this.#cancel(slab)
    if (custodyOf(word) !== Custody.Taken && !isKnown(word)) this.done(slab)
    else {
      if (slabs.state(slab) !== SlabState.Settled) slabs.setState(slab, SlabState.Settled)
      this.#splits.add(this.#use(slab), parts)
    }
  }

  /** What is wanted is not any more, unless the storage thread has taken it. @returns the slab's custody word after that */
  #cancel(slab: SlabId): number {
    const { custody } = this.#batches
    const word = custody.load(slab)
    if (custodyOf(word) !== Custody.Wanted) return word
    custody.exchange(slab, generationOf(word), Custody.Wanted, Custody.None)
    return custody.load(slab)
  }

  #partsByDelivery(): ReadonlyMap<string, SlabUse[]> {
    const { slabs, allocator } = this.#batches
    const parts: SlabUse[] = []
    allocator.memory.forEachUsed((slab) => {
      if (slabs.isPart(slab) && STATES_TO_STORE.has(slabs.state(slab))) parts.push(this.#use(slab))
    })
    return groupBy(parts, ({ slab }) => this.#deliveryOf(slab))
  }

  #deliveryOf(slab: SlabId): string {
    return deliveryIdText(this.#batches.allocator.memory.bytes, slab + SlabWord.DeliveryId * 4)
  }
}
