import type { Disk, DiskFile } from '../../src/queue/journal/disk.js'
import type { SeededRandom } from './random.js'

/** Everything stops: what the caller did not hear of may have happened. */
export class Crash extends Error {
  override readonly name = 'Crash'
}

/** `process`: what was written is there; `power`: only what was synced certainly is. */
export type CrashKind = 'process' | 'power'

export type Operation = 'open' | 'create' | 'write' | 'sync' | 'rename' | 'remove' | 'sync-folder' | 'read'

const SECTOR_BYTES = 512

/**
 * A disk in memory that crashes. Each call that changes something is a point at which it may. At a power cut each sector that was not
 * synced has its old content, its new content or one in between; files that were made, renamed or removed are so or not, each by itself,
 * unless the folder was synced. A sync that fails leaves some sectors on the medium, and the others will never get there.
 */
export class SimulatedDisk implements Disk {
  readonly #random: SeededRandom
  #names = new Map<string, Inode>()
  #durableNames = new Map<string, Inode>()
  #changes: NameChange[] = []
  #untilCrash = Number.POSITIVE_INFINITY
  #kind: CrashKind = 'power'
  #isDown = false
  /** Called before each operation; what it returns is thrown. */
  fail: (operation: Operation, name: string) => Error | null = () => null
  /** Bytes that may be stored in all. */
  capacity = Number.POSITIVE_INFINITY
  writtenBytes = 0

  constructor(random: SeededRandom) {
    this.#random = random
  }

  /** @param calls the last of so many calls that change something does not return */
  crashIn(calls: number, kind: CrashKind): void {
    this.#untilCrash = calls
    this.#kind = kind
  }

  /** Callers may have caught the `Crash` that they got. */
  get isDown(): boolean {
    return this.#isDown
  }

  /** Stops now, between two calls. */
  crash(kind: CrashKind): void {
    if (kind === 'power') this.#losePower()
    this.#isDown = true
  }

  /** Works again, after a crash or instead of one. */
  restart(): void {
    this.#untilCrash = Number.POSITIVE_INFINITY
    this.#isDown = false
  }

  /** Changes the file's bytes, on the medium too. */
  damage(name: string, change: (bytes: Uint8Array) => void): void {
    this.#inode(name).damage(change)
  }

  cut(name: string, size: number): void {
    this.#inode(name).cut(size)
  }

  list(): readonly string[] {
    this.#check('read', '')
    return [...this.#names.keys()]
  }

  open(name: string): DiskFile {
    this.#check('open', name)
    return this.#fileOf(name, this.#inode(name))
  }

  create(name: string): DiskFile {
    this.#check('create', name)
    if (this.#names.has(name)) throw new Error(`there is a file ${name}`)
    const inode = new Inode()
    this.#change({ kind: 'create', name, inode })
    this.#crashIfDue()
    return this.#fileOf(name, inode)
  }

  rename(from: string, to: string): void {
    this.#check('rename', from)
    this.#inode(from)
    this.#change({ kind: 'rename', name: from, to })
    this.#crashIfDue()
  }

  remove(name: string): void {
    this.#check('remove', name)
    this.#inode(name)
    this.#change({ kind: 'remove', name })
    this.#crashIfDue()
  }

  syncFolder(): void {
    this.#check('sync-folder', '')
    this.#crashIfDue()
    this.#durableNames = new Map(this.#names)
    this.#changes = []
  }

  #fileOf(name: string, inode: Inode): DiskFile {
    return {
      size: () => inode.size,
      read: (into, position) => {
        this.#check('read', name)
        return inode.read(into, position)
      },
      write: (views, position) => this.#write(name, inode, views, position),
      sync: () => this.#sync(name, inode),
      close: () => undefined,
    }
  }

  #write(name: string, inode: Inode, views: readonly Uint8Array[], position: number): void {
    this.#check('write', name, () => {
      // A write that fails has written some of it.
      inode.write(this.#start(views), position)
    })
    const bytes = Buffer.concat(views)
    if (position + bytes.byteLength > inode.size) {
      const used = [...this.#names.values()].reduce((sum, { size }) => sum + size, 0)
      const needed = position + bytes.byteLength - inode.size
      if (used + needed > this.capacity) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    }
    if (--this.#untilCrash <= 0) {
      inode.write(this.#start(views), position)
      this.crash(this.#kind)
      throw new Crash()
    }
    this.writtenBytes += bytes.byteLength
    inode.write(bytes, position)
  }

  /** A random part from the beginning. */
  #start(views: readonly Uint8Array[]): Uint8Array {
    const bytes = Buffer.concat(views)
    return bytes.subarray(0, this.#random.below(bytes.byteLength + 1))
  }

  #sync(name: string, inode: Inode): void {
    this.#check('sync', name, () => inode.syncInVain(this.#random))
    this.#crashIfDue()
    inode.sync()
  }

  #inode(name: string): Inode {
    const inode = this.#names.get(name)
    if (inode === undefined) throw Object.assign(new Error(`there is no file ${name}`), { code: 'ENOENT' })
    return inode
  }

  #change(change: NameChange): void {
    apply(change, this.#names)
    this.#changes.push(change)
  }

  #check(operation: Operation, name: string, beforeFailure: () => void = () => undefined): void {
    if (this.#isDown) throw new Crash()
    const failure = this.fail(operation, name)
    if (failure === null) return
    beforeFailure()
    throw failure
  }

  #crashIfDue(): void {
    if (--this.#untilCrash > 0) return
    this.crash(this.#kind)
    throw new Crash()
  }

  #losePower(): void {
    const survives = this.#random.chance(0.3) ? this.#random.below(2) : this.#random.next()
    for (const change of this.#changes) if (this.#random.chance(survives)) apply(change, this.#durableNames)
    this.#changes = []
    this.#names = new Map(this.#durableNames)
    for (const inode of this.#names.values()) inode.losePower(this.#random, survives)
  }
}

type NameChange =
  | { readonly kind: 'create'; readonly name: string; readonly inode: Inode }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string }
  | { readonly kind: 'remove'; readonly name: string }

function apply(change: NameChange, names: Map<string, Inode>): void {
  if (change.kind === 'create') names.set(change.name, change.inode)
  else {
    const inode = names.get(change.name)
    if (inode === undefined) return
    names.delete(change.name)
    if (change.kind === 'rename') names.set(change.to, inode)
  }
}

/** A file's bytes as programs see them, and as they are on the medium. */
class Inode {
  #seen = new Uint8Array(0)
  #durable = new Uint8Array(0)
  #durableSize = 0
  size = 0
  /** Sectors that differ from the medium, with what they held before later writes. */
  readonly #dirty = new Map<number, Uint8Array[]>()

  read(into: Uint8Array, position: number): number {
    const bytes = this.#seen.subarray(position, Math.min(this.size, position + into.byteLength))
    into.set(bytes)
    return bytes.byteLength
  }

  write(bytes: Uint8Array, position: number): void {
    const end = position + bytes.byteLength
    if (end > this.#seen.byteLength) {
      this.#seen = grown(this.#seen, end)
      this.#durable = grown(this.#durable, end)
    }
    for (let sector = Math.floor(position / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++) {
      const before = this.#dirty.get(sector)
      if (before === undefined) this.#dirty.set(sector, [])
      else before.push(this.#seen.slice(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES))
    }
    this.#seen.set(bytes, position)
    this.size = Math.max(this.size, end)
  }

  sync(): void {
    for (const sector of this.#dirty.keys()) this.#persist(sector)
    this.#dirty.clear()
    this.#durableSize = this.size
  }

  syncInVain(random: SeededRandom): void {
    for (const sector of this.#dirty.keys()) if (random.chance(0.5)) this.#persist(sector)
    this.#dirty.clear()
    if (random.chance(0.5)) this.#durableSize = this.size
  }

  losePower(random: SeededRandom, survives: number): void {
    for (const [sector, versions] of this.#dirty) {
      if (!random.chance(survives)) continue
      const version = random.below(versions.length * 2 + 1)
      const between = versions[version]
      if (between === undefined) this.#persist(sector)
      else this.#durable.set(between, sector * SECTOR_BYTES)
    }
    this.#dirty.clear()
    if (random.chance(survives)) this.#durableSize = this.size
    this.size = this.#durableSize
    this.#seen = this.#durable.slice()
  }

  damage(change: (bytes: Uint8Array) => void): void {
    change(this.#seen.subarray(0, this.size))
    this.#durable = this.#seen.slice()
    this.sync()
  }

  cut(size: number): void {
    this.size = size
    this.#durableSize = size
  }

  #persist(sector: number): void {
    const start = sector * SECTOR_BYTES
    this.#durable.set(this.#seen.subarray(start, start + SECTOR_BYTES), start)
  }
}

function grown(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(Math.ceil(size / SECTOR_BYTES) * SECTOR_BYTES)
  more.set(bytes)
  return more
}
