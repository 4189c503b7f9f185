import type { ArenaMemory, SlabId } from './arena-memory.js'
import { Blocks, NONE } from './blocks.js'
import { regionsOf, SlabState, SlabWord } from './layout.js'
import { enterState } from './slab-states.js'

/** Empty blocks that a class keeps, where a block is one slab. Making one costs more than taking a slab from it. */
const MOST_KEPT = 16

/**
 * Hands out slabs. A block is made for a size class when the class needs one and comes back when its last slab does. Each class
 * keeps one empty block, or some of a single slab, until another class needs them.
 *
 * A class first uses what all classes share, then its own region. So `allocate` finds no room only when slabs of that very class
 * fill its own region: no other size, and however few slabs are left in however many blocks, can keep a class from its region.
 *
 * A slab is taken from the block that last came to have a free one: mostly that is the fullest, so the emptier ones can become
 * empty. The lists are this thread's own; the truth is in shared memory (the unit table and the state words), and a new thread
 * makes its lists from that.
 */
export class Allocator {
  /** Bytes of blocks in which a slab is in use: nothing else can be made of the rest of such a block. */
  usedBytes = 0
  /** How many slabs have come back: while it stays the same, whoever found no room would find none again. */
  releases = 0
  readonly #common: Blocks
  readonly #own: readonly Blocks[]
  readonly #ownFrom: readonly number[]
  /** By class: how long its blocks are, as a power of two in units. */
  readonly #orders: readonly number[]
  /** By the first unit of a block: its class, or `NONE`. */
  readonly #classes: Int8Array
  /** By the first unit of a block: how many of its slabs are free, and the indexes of these; the last one is taken next. */
  readonly #freeCounts: Uint8Array
  readonly #freeIndexes: Uint8Array
  readonly #stride: number
  /** By class: the blocks with a free slab, and where each is in that list. */
  readonly #listed: readonly number[][]
  readonly #places: Int32Array
  /** Blocks that are kept though they are empty. */
  #kept = 0
  readonly #mostListed: readonly number[]
  readonly #used: number[]
  readonly #free: number[]

  constructor(readonly memory: ArenaMemory) {
    const { sizes, units, shape } = memory
    const { common, own } = regionsOf(shape)
    const mostOrder = Math.log2(shape.pageBytes / memory.unitBytes)
    this.#orders = sizes.map((_, sizeClass) => Math.log2(memory.unitsOf(sizeClass)))
    this.#common = new Blocks(common, mostOrder)
    this.#own = own.map((region) => new Blocks(region, mostOrder))
    this.#ownFrom = own.map(({ from }) => from)
    this.#classes = new Int8Array(units).fill(NONE)
    this.#stride = memory.slabsPerBlock(0)
    this.#freeCounts = new Uint8Array(units)
    this.#freeIndexes = new Uint8Array(units * this.#stride)
    this.#listed = sizes.map(() => [])
    this.#places = new Int32Array(units).fill(NONE)
    this.#mostListed = sizes.map((_, sizeClass) => (memory.slabsPerBlock(sizeClass) === 1 ? MOST_KEPT : 1))
    this.#used = sizes.map(() => 0)
    this.#free = sizes.map(() => 0)
    this.#adopt()
  }

  get totalBytes(): number {
    return this.memory.shape.pages * this.memory.shape.pageBytes
  }

  /** Bytes of blocks that are empty, whichever class they are for. */
  get freeBytes(): number {
    return this.totalBytes - this.usedBytes
  }

  /** Whether more than a quarter of it is in use: more comes than leaves. */
  get isCrowded(): boolean {
    return this.usedBytes * 4 > this.totalBytes
  }

  /** Sizes of slabs by class, in bytes. */
  get sizes(): readonly number[] {
    return this.memory.sizes
  }

  /** Slabs in use, by class. */
  get usedByClass(): readonly number[] {
    return this.#used
  }

  /** Slabs that could be taken without another block, by class. */
  get freeByClass(): readonly number[] {
    return this.#free
  }

  /** The smallest class with slabs of at least `bytes`, header included. @throws RangeError when none is that large */
  classFor(bytes: number): number {
    const sizeClass = this.memory.sizes.findIndex((size) => size >= bytes)
    if (sizeClass === -1)
      throw new RangeError(`no slab has ${bytes} bytes: the largest have ${this.memory.shape.pageBytes}`)
    return sizeClass
  }

  /** @returns a slab in the state `Claimed`, or null when the arena has no room for one of this class. */
  allocate(sizeClass: number): SlabId | null {
    const block = this.#listed[sizeClass]?.at(-1) ?? this.#makeBlock(sizeClass)
    if (block === NONE) return null
    const left = (this.#freeCounts[block] ?? 0) - 1
    const index = this.#freeIndexes[block * this.#stride + left] ?? 0
    this.#freeCounts[block] = left
    if (left + 1 === this.memory.slabsPerBlock(sizeClass)) {
      this.#kept -= 1
      this.usedBytes += this.#blockBytes(sizeClass)
    }
    if (left === 0) this.#unlist(block, sizeClass)
    const slab = this.memory.slabAt(block, sizeClass, index)
    this.#account(sizeClass, 1)
    enterState(this.memory.words, slab, SlabState.Claimed)
    return slab
  }

  /** Sets the slab `Free` and takes it back, the only way for any slab. Its contents may be overwritten at once. */
  release(slab: SlabId): void {
    enterState(this.memory.words, slab, SlabState.Free)
    const block = this.memory.unitOf(slab)
    const sizeClass = this.#classes[block] ?? NONE
    if (sizeClass === NONE) throw new Error(`slab ${slab} lies in a block that no size class owns`)
    const free = (this.#freeCounts[block] ?? 0) + 1
    this.#freeIndexes[block * this.#stride + free - 1] = this.memory.indexOf(slab, sizeClass)
    this.#freeCounts[block] = free
    this.releases += 1
    this.#account(sizeClass, -1)
    if (free === 1) this.#list(block, sizeClass)
    if (free < this.memory.slabsPerBlock(sizeClass)) return
    this.#kept += 1
    this.usedBytes -= this.#blockBytes(sizeClass)
    if ((this.#listed[sizeClass]?.length ?? 0) > (this.#mostListed[sizeClass] ?? 1)) this.#endBlock(block, sizeClass)
  }

  #adopt(): void {
    const { memory } = this
    const free: number[] = []
    for (let unit = 0; unit < memory.units; ) {
      const sizeClass = memory.classOf(unit)
      if (sizeClass < 0) free.push(unit)
      else this.#adoptBlock(unit, sizeClass)
      unit += memory.unitsOf(sizeClass)
    }
    // From behind, so that the first ones are taken first.
    for (const unit of free.toReversed()) this.#blocksWith(unit).give(unit, 0)
  }

  #adoptBlock(block: number, sizeClass: number): void {
    const { memory } = this
    const count = memory.slabsPerBlock(sizeClass)
    let free = 0
    for (let index = count - 1; index >= 0; index--) {
      const slab = memory.slabAt(block, sizeClass, index)
      if (Atomics.load(memory.words, (slab >>> 2) + SlabWord.State) !== SlabState.Free) continue
      this.#freeIndexes[block * this.#stride + free] = index
      free += 1
    }
    this.#classes[block] = sizeClass
    this.#freeCounts[block] = free
    this.#addFree(sizeClass, count)
    this.#account(sizeClass, count - free)
    if (free > 0) this.#list(block, sizeClass)
    if (free === count) {
      this.#kept += 1
      this.#endBlock(block, sizeClass)
    } else this.usedBytes += this.#blockBytes(sizeClass)
  }

  #makeBlock(sizeClass: number): number {
    let block = this.#takeBlock(sizeClass)
    if (block === NONE && this.#kept > 0) {
      this.#endEmptyBlocks()
      block = this.#takeBlock(sizeClass)
    }
    if (block === NONE) return NONE
    const { memory } = this
    const count = memory.slabsPerBlock(sizeClass)
    for (let index = count - 1; index >= 0; index--) {
      const slab = memory.slabAt(block, sizeClass, index)
      Atomics.store(memory.words, (slab >>> 2) + SlabWord.State, SlabState.Free)
      this.#freeIndexes[block * this.#stride + count - 1 - index] = index
    }
    memory.setClass(block, sizeClass)
    this.#classes[block] = sizeClass
    this.#freeCounts[block] = count
    this.#kept += 1
    this.#addFree(sizeClass, count)
    this.#list(block, sizeClass)
    return block
  }

  #takeBlock(sizeClass: number): number {
    const order = this.#orders[sizeClass] ?? 0
    const block = this.#common.take(order)
    return block === NONE ? (this.#own[sizeClass]?.take(order) ?? NONE) : block
  }

  /** Ends the empty blocks that classes keep for their next slabs. */
  #endEmptyBlocks(): void {
    for (const [sizeClass, blocks] of this.#listed.entries()) {
      const count = this.memory.slabsPerBlock(sizeClass)
      for (const block of blocks.filter((each) => this.#freeCounts[each] === count)) this.#endBlock(block, sizeClass)
    }
  }

  #endBlock(block: number, sizeClass: number): void {
    this.#kept -= 1
    this.#unlist(block, sizeClass)
    this.#addFree(sizeClass, -this.memory.slabsPerBlock(sizeClass))
    this.#classes[block] = NONE
    this.memory.setClass(block, NONE)
    this.#blocksWith(block).give(block, this.#orders[sizeClass] ?? 0)
  }

  #blocksWith(unit: number): Blocks {
    return this.#own[this.#ownFrom.findLastIndex((from) => from <= unit)] ?? this.#common
  }

  #blockBytes(sizeClass: number): number {
    return this.memory.unitBytes << (this.#orders[sizeClass] ?? 0)
  }

  #list(block: number, sizeClass: number): void {
    const blocks = this.#listed[sizeClass]
    if (blocks === undefined) return
    this.#places[block] = blocks.length
    blocks.push(block)
  }

  #unlist(block: number, sizeClass: number): void {
    const blocks = this.#listed[sizeClass]
    const last = blocks?.pop()
    if (blocks === undefined || last === undefined) return
    const place = this.#places[block] ?? NONE
    if (last !== block) {
      blocks[place] = last
      this.#places[last] = place
    }
    this.#places[block] = NONE
  }

  #account(sizeClass: number, slabs: number): void {
    this.#used[sizeClass] = (this.#used[sizeClass] ?? 0) + slabs
    this.#addFree(sizeClass, -slabs)
  }

  #addFree(sizeClass: number, slabs: number): void {
    this.#free[sizeClass] = (this.#free[sizeClass] ?? 0) + slabs
  }
}
