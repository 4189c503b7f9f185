import type { WorldOptions } from '../../../../scripts/journal-crashes/crash-world.js'
import type { Disk, DiskFile } from '../../../../src/queue/journal/disk.js'

/** Journals that break one rule each. A disk that crashes must find every one of them out. */
export const mutants: Readonly<Record<string, Pick<WorldOptions, 'mutant' | 'failsEvery'>>> = {
  'nothing is synced': { mutant: { disk: (disk) => new MeddlingDisk(disk, { sync: () => undefined }) } },
  'what is written is not synced before the next segment is begun': {
    mutant: { disk: (disk) => withoutSyncAtRoll(disk) },
  },
  'the newest free segment is written first, while nothing says that the others are free': {
    mutant: { rules: { nextFree: (free) => free.at(-1), shownOldest: () => 1 } },
  },
  'what was read at the start is not synced': { mutant: { disk: (disk) => withoutSyncAtOpen(disk) } },
  'the source of a copy is free before the copy is synced': { mutant: { rules: { areSynced: () => true } } },
  'another segment than the oldest is emptied, and what settled older jobs goes with it': {
    mutant: { rules: { nextSource: (log) => log.toSorted((a, b) => a.live - b.live)[0] } },
  },
  'a sync that failed is tried again': {
    failsEvery: 40,
    mutant: { disk: (disk) => new MeddlingDisk(disk, { sync: syncTwice }) },
  },
  'what was read at the start is not written again, though a sync of it had failed': {
    failsEvery: 40,
    mutant: { disk: (disk) => withoutRewriteAtOpen(disk) },
  },
  'the salt of a segment comes again': { mutant: { random: (bytes) => new Uint8Array(bytes) } },
  'the folder is not synced': { mutant: { disk: (disk) => new MeddlingDisk(disk, { syncFolder: () => undefined }) } },
}

interface Meddling {
  readonly sync?: (file: DiskFile, name: string) => void
  /** @returns false when it is not to be written */
  readonly write?: (name: string, position: number, bytes: number) => boolean
  readonly syncFolder?: () => void
}

/** Hands everything on, but for what it meddles with. */
class MeddlingDisk implements Disk {
  constructor(
    readonly disk: Disk,
    readonly meddling: Meddling,
  ) {}

  list(): readonly string[] {
    return this.disk.list()
  }

  open(name: string): DiskFile {
    return this.#fileOf(name, this.disk.open(name))
  }

  create(name: string): DiskFile {
    return this.#fileOf(name, this.disk.create(name))
  }

  rename(from: string, to: string): void {
    this.disk.rename(from, to)
  }

  remove(name: string): void {
    this.disk.remove(name)
  }

  syncFolder(): void {
    if (this.meddling.syncFolder === undefined) this.disk.syncFolder()
    else this.meddling.syncFolder()
  }

  #fileOf(name: string, file: DiskFile): DiskFile {
    const { sync, write } = this.meddling
    return {
      size: () => file.size(),
      read: (into, position) => file.read(into, position),
      write: (views, position) => {
        const bytes = views.reduce((sum, view) => sum + view.byteLength, 0)
        if (write?.(name, position, bytes) !== false) file.write(views, position)
      },
      sync: () => (sync === undefined ? file.sync() : sync(file, name)),
      close: () => file.close(),
    }
  }
}

function syncTwice(file: DiskFile): void {
  try {
    file.sync()
  } catch {
    file.sync()
  }
}

const HEADER_COPY_BYTES = 512

/** Only a whole segment is written from its beginning with more than a header's copy. */
function isWhole(position: number, bytes: number): boolean {
  return position === 0 && bytes > HEADER_COPY_BYTES
}

/** Files that this journal has not written, or only written again, are not synced. */
function withoutSyncAtOpen(disk: Disk): Disk {
  const written = new Set<string>()
  return new MeddlingDisk(disk, {
    write: (name, position, bytes) => {
      if (!isWhole(position, bytes)) written.add(name)
      return true
    },
    sync: (file, name) => {
      if (written.has(name)) file.sync()
    },
  })
}

function withoutRewriteAtOpen(disk: Disk): Disk {
  const old = new Set(disk.list())
  return new MeddlingDisk(disk, {
    write: (name, position, bytes) => !(old.has(name) && isWhole(position, bytes)),
  })
}

/** Each sync waits for what comes next: when that is a write to another file, the journal goes on there, and the sync is left out. */
function withoutSyncAtRoll(disk: Disk): Disk {
  let waiting: { readonly file: DiskFile; readonly name: string } | null = null
  const catchUp = (): void => {
    const { file } = waiting ?? {}
    waiting = null
    file?.sync()
  }
  return new MeddlingDisk(disk, {
    write: (name) => {
      if (waiting !== null && waiting.name !== name) waiting = null
      else catchUp()
      return true
    },
    sync: (file, name) => {
      catchUp()
      waiting = { file, name }
    },
    syncFolder: () => {
      catchUp()
      disk.syncFolder()
    },
  })
}
