import { type ArenaShape, SlabState, SlabWord, slabSizes, unitBytesFor, unitTableBytes } from './layout.js'

/** A slab, by the byte offset of its header in the arena. */
export type SlabId = number & { readonly slab: unique symbol }

/** Typed views of an arena and the arithmetic of its blocks, each of which is known by its first unit. */
export class ArenaMemory {
  readonly words: Int32Array
  readonly doubles: Float64Array
  readonly bytes: Buffer
  /** The same bytes, for writing several at once wherever they begin. */
  readonly view: DataView
  /** Slab sizes by class, in bytes. */
  readonly sizes: readonly number[]
  readonly unitBytes: number
  readonly units: number
  readonly #counts: readonly number[]
  readonly #unitsAtOnce: readonly number[]
  readonly #unitShift: number
  readonly #unitsFrom: number

  constructor(
    readonly shared: SharedArrayBuffer,
    readonly shape: ArenaShape,
  ) {
    this.words = new Int32Array(shared)
    this.doubles = new Float64Array(shared)
    this.bytes = Buffer.from(shared)
    this.view = new DataView(shared)
    this.sizes = slabSizes(shape.pageBytes)
    this.unitBytes = unitBytesFor(shape.pageBytes)
    this.units = (shape.pages * shape.pageBytes) / this.unitBytes
    this.#unitsAtOnce = this.sizes.map((size) => Math.max(size / this.unitBytes, 1) | 0)
    this.#counts = this.sizes.map((size) => Math.max(Math.floor(this.unitBytes / size), 1))
    this.#unitShift = Math.log2(this.unitBytes)
    this.#unitsFrom = unitTableBytes(shape)
  }

  /** Size class of the block that begins at the unit, or -1 when none does. */
  classOf(unit: number): number {
    return Atomics.load(this.words, unit) - 1
  }

  /** @param sizeClass -1 when no block begins there any more */
  setClass(unit: number, sizeClass: number): void {
    Atomics.store(this.words, unit, sizeClass + 1)
  }

  slabAt(unit: number, sizeClass: number, index: number): SlabId {
    return (this.#unitsFrom + unit * this.unitBytes + index * this.sizeOf(sizeClass)) as SlabId
  }

  /** The first unit of the slab's block. */
  unitOf(slab: SlabId): number {
    return (slab - this.#unitsFrom) >>> this.#unitShift
  }

  indexOf(slab: SlabId, sizeClass: number): number {
    return ((slab - this.#unitsFrom) & (this.unitBytes - 1)) / this.sizeOf(sizeClass)
  }

  sizeOf(sizeClass: number): number {
    return this.sizes[sizeClass] ?? 0
  }

  slabsPerBlock(sizeClass: number): number {
    return this.#counts[sizeClass] ?? 0
  }

  /** Units of a block of this class. */
  unitsOf(sizeClass: number): number {
    return this.#unitsAtOnce[sizeClass] ?? 1
  }

  /** Units of the block that begins at the unit, or 1 when none does. */
  unitsAt(unit: number): number {
    return this.unitsOf(this.classOf(unit))
  }

  /** Size in bytes of the slab, header included. */
  slabBytes(slab: SlabId): number {
    return this.sizeOf(this.classOf(this.unitOf(slab)))
  }

  /** Calls `visit` with every slab that is not free. */
  forEachUsed(visit: (slab: SlabId) => void): void {
    for (let unit = 0; unit < this.units; ) unit = this.forEachUsedOf(unit, visit)
  }

  /** As `forEachUsed`, of the block that begins at a unit. @returns the unit behind it */
  forEachUsedOf(unit: number, visit: (slab: SlabId) => void): number {
    const sizeClass = this.classOf(unit)
    const count = sizeClass < 0 ? 0 : this.slabsPerBlock(sizeClass)
    for (let index = 0; index < count; index++) {
      const slab = this.slabAt(unit, sizeClass, index)
      if (Atomics.load(this.words, (slab >>> 2) + SlabWord.State) !== SlabState.Free) visit(slab)
    }
    return unit + this.unitsOf(sizeClass)
  }
}
