/** A file of the journal, open for reading and writing. All calls are synchronous, and throw what the system says. */
export interface DiskFile {
  size(): number
  /** @returns how many bytes were read: fewer than asked for only at the file's end */
  read(into: Uint8Array, position: number): number
  /** Writes all of the views, one after the other. After an error any part of them may have been written. */
  write(views: readonly Uint8Array[], position: number): void
  /** Returns when what was written is on the medium. After an error it may never get there, whatever a later call says. */
  sync(): void
  close(): void
}

/** The folder of one journal: the only way to the medium. */
export interface Disk {
  /** The names of all files. */
  list(): readonly string[]
  open(name: string): DiskFile
  /** Makes an empty file. @throws when there is one of that name */
  create(name: string): DiskFile
  /** Replaces the file of the new name, if there is one. */
  rename(from: string, to: string): void
  remove(name: string): void
  /** Returns when the names of the files are on the medium. */
  syncFolder(): void
}
