import { type ArenaShape, pageTableBytes, SlabState, SlabWord, slabSizes } from './layout.js'

/** A slab, by the byte offset of its header in the arena. */
export type SlabId = number & { readonly slab: unique symbol }

/** Typed views of an arena and the arithmetic of its pages. */
export class ArenaMemory {
  readonly words: Int32Array
  readonly doubles: Float64Array
  readonly bytes: Buffer
  /** The same bytes, for writing several at once wherever they begin. */
  readonly view: DataView
  /** Slab sizes by class, in bytes. */
  readonly sizes: readonly number[]
  private readonly counts: readonly number[]
  private readonly pagesAt: number

  constructor(
    readonly shared: SharedArrayBuffer,
    readonly shape: ArenaShape,
  ) {
    this.words = new Int32Array(shared)
    this.doubles = new Float64Array(shared)
    this.bytes = Buffer.from(shared)
    this.view = new DataView(shared)
    this.sizes = slabSizes(shape.pageBytes)
    this.counts = this.sizes.map((size) => Math.floor(shape.pageBytes / size))
    this.pagesAt = pageTableBytes(shape.pages)
  }

  /** Size class of a page; -1: the page is free. */
  classOf(page: number): number {
    return Atomics.load(this.words, page) - 1
  }

  setClass(page: number, sizeClass: number): void {
    Atomics.store(this.words, page, sizeClass + 1)
  }

  slabAt(page: number, sizeClass: number, index: number): SlabId {
    return (this.pagesAt + page * this.shape.pageBytes + index * this.sizeOf(sizeClass)) as SlabId
  }

  pageOf(slab: SlabId): number {
    return Math.floor((slab - this.pagesAt) / this.shape.pageBytes)
  }

  indexOf(slab: SlabId, sizeClass: number): number {
    return ((slab - this.pagesAt) % this.shape.pageBytes) / this.sizeOf(sizeClass)
  }

  sizeOf(sizeClass: number): number {
    return this.sizes[sizeClass] ?? 0
  }

  slabsPerPage(sizeClass: number): number {
    return this.counts[sizeClass] ?? 0
  }

  /** Size in bytes of the slab, header included. */
  slabBytes(slab: SlabId): number {
    return this.sizeOf(this.classOf(this.pageOf(slab)))
  }

  /** Calls `visit` with every slab that is not free. */
  forEachUsed(visit: (slab: SlabId) => void): void {
    for (let page = 0; page < this.shape.pages; page++) this.forEachUsedOf(page, visit)
  }

  /** As `forEachUsed`, of one page. */
  forEachUsedOf(page: number, visit: (slab: SlabId) => void): void {
    const sizeClass = this.classOf(page)
    const count = sizeClass < 0 ? 0 : this.slabsPerPage(sizeClass)
    for (let index = 0; index < count; index++) {
      const slab = this.slabAt(page, sizeClass, index)
      if (Atomics.load(this.words, (slab >>> 2) + SlabWord.State) !== SlabState.Free) visit(slab)
    }
  }
}
