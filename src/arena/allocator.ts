import type { ArenaMemory, SlabId } from './arena-memory.js'
import { SlabState, SlabWord } from './layout.js'

interface Page {
  readonly number: number
  readonly sizeClass: number
  /** Indexes of its free slabs; the last one is taken next. */
  readonly free: number[]
  /** Its place in the list of pages with a free slab of its class; -1: it has none. */
  listed: number
}

/**
 * Hands out slabs. Pages are given to a size class when it needs one and come back when their last slab does, so no class
 * can keep memory from another for longer than its slabs live. A class keeps one empty page until somebody else wants it.
 *
 * The lists are this thread's own; the truth is in shared memory (the page table and the state words), and a new thread
 * makes its lists from that. A page's state words are cleared before the page table names its class, so what an earlier
 * class left in the page is never taken for a state.
 */
export class Allocator {
  usedBytes = 0
  private readonly pages: (Page | null)[] = []
  private readonly freePages: number[] = []
  private readonly listed: Page[][]
  private readonly used: number[]
  private readonly free: number[]

  constructor(readonly memory: ArenaMemory) {
    this.listed = memory.sizes.map(() => [])
    this.used = memory.sizes.map(() => 0)
    this.free = memory.sizes.map(() => 0)
    for (let number = memory.shape.pages - 1; number >= 0; number--) this.adopt(number)
  }

  get totalBytes(): number {
    return this.memory.shape.pages * this.memory.shape.pageBytes
  }

  get freeBytes(): number {
    return this.totalBytes - this.usedBytes
  }

  /** Sizes of slabs by class, in bytes. */
  get sizes(): readonly number[] {
    return this.memory.sizes
  }

  /** Slabs in use, by class. */
  get usedByClass(): readonly number[] {
    return this.used
  }

  /** Slabs that could be taken without another page, by class. */
  get freeByClass(): readonly number[] {
    return this.free
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
    const page = this.listed[sizeClass]?.at(-1) ?? this.takePage(sizeClass)
    const index = page?.free.pop()
    if (page === null || index === undefined) return null
    if (page.free.length === 0) this.unlist(page)
    const slab = this.memory.slabAt(page.number, sizeClass, index)
    this.account(sizeClass, 1)
    Atomics.store(this.memory.words, (slab >>> 2) + SlabWord.State, SlabState.Claimed)
    return slab
  }

  /** Sets the slab `Free` and takes it back. Its contents may be overwritten at once. */
  release(slab: SlabId): void {
    Atomics.store(this.memory.words, (slab >>> 2) + SlabWord.State, SlabState.Free)
    const page = this.pages[this.memory.pageOf(slab)]
    if (page == null) throw new Error(`slab ${slab} lies in a page that no size class owns`)
    this.account(page.sizeClass, -1)
    page.free.push(this.memory.indexOf(slab, page.sizeClass))
    if (page.listed === -1) this.list(page)
    if (this.isEmpty(page) && (this.listed[page.sizeClass]?.length ?? 0) > 1) this.returnPage(page)
  }

  private adopt(number: number): void {
    const sizeClass = this.memory.classOf(number)
    this.pages[number] = null
    if (sizeClass < 0) {
      this.freePages.push(number)
      return
    }
    const page: Page = { number, sizeClass, free: [], listed: -1 }
    const count = this.memory.slabsPerPage(sizeClass)
    for (let index = count - 1; index >= 0; index--) {
      const slab = this.memory.slabAt(number, sizeClass, index)
      if (Atomics.load(this.memory.words, (slab >>> 2) + SlabWord.State) === SlabState.Free) page.free.push(index)
    }
    this.pages[number] = page
    this.addFree(sizeClass, count)
    this.account(sizeClass, count - page.free.length)
    if (page.free.length > 0) this.list(page)
    if (this.isEmpty(page)) this.returnPage(page)
  }

  private takePage(sizeClass: number): Page | null {
    const number = this.freePages.pop() ?? this.reclaimPage()
    if (number === undefined) return null
    const count = this.memory.slabsPerPage(sizeClass)
    const page: Page = { number, sizeClass, free: [], listed: -1 }
    for (let index = count - 1; index >= 0; index--) {
      const slab = this.memory.slabAt(number, sizeClass, index)
      Atomics.store(this.memory.words, (slab >>> 2) + SlabWord.State, SlabState.Free)
      page.free.push(index)
    }
    this.memory.setClass(number, sizeClass)
    this.pages[number] = page
    this.addFree(sizeClass, count)
    this.list(page)
    return page
  }

  /** Takes the one empty page that a class keeps for its next slab. */
  private reclaimPage(): number | undefined {
    for (const pages of this.listed) {
      const empty = pages.find((page) => this.isEmpty(page))
      if (empty !== undefined) this.returnPage(empty)
    }
    return this.freePages.pop()
  }

  private isEmpty(page: Page): boolean {
    return page.free.length === this.memory.slabsPerPage(page.sizeClass)
  }

  private returnPage(page: Page): void {
    this.unlist(page)
    this.addFree(page.sizeClass, -page.free.length)
    this.pages[page.number] = null
    this.memory.setClass(page.number, -1)
    this.freePages.push(page.number)
  }

  private list(page: Page): void {
    const pages = this.listed[page.sizeClass]
    if (pages === undefined) return
    page.listed = pages.length
    pages.push(page)
  }

  private unlist(page: Page): void {
    const pages = this.listed[page.sizeClass]
    const last = pages?.pop()
    if (pages === undefined || last === undefined) return
    if (last !== page) {
      pages[page.listed] = last
      last.listed = page.listed
    }
    page.listed = -1
  }

  private account(sizeClass: number, slabs: number): void {
    this.used[sizeClass] = (this.used[sizeClass] ?? 0) + slabs
    this.addFree(sizeClass, -slabs)
    this.usedBytes += slabs * this.memory.sizeOf(sizeClass)
  }

  private addFree(sizeClass: number, slabs: number): void {
    this.free[sizeClass] = (this.free[sizeClass] ?? 0) + slabs
  }
}
