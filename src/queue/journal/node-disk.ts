import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writevSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Disk, DiskFile } from './disk.js'

/** A folder of the file system. Makes it, and those above it, when it is not there. */
export class NodeDisk implements Disk {
  readonly #folder: string

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#folder = folder
  }

  list(): readonly string[] {
    return readdirSync(this.#folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
  }

  open(name: string): DiskFile {
    return new NodeFile(openSync(join(this.#folder, name), 'r+'))
  }

  create(name: string): DiskFile {
    return new NodeFile(openSync(join(this.#folder, name), 'wx+', 0o600))
  }

  rename(from: string, to: string): void {
    renameSync(join(this.#folder, from), join(this.#folder, to))
  }

  remove(name: string): void {
    unlinkSync(join(this.#folder, name))
  }

  syncFolder(): void {
    const descriptor = openSync(this.#folder, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }
}

class NodeFile implements DiskFile {
  readonly #descriptor: number

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  size(): number {
    return fstatSync(this.#descriptor).size
  }

  read(into: Uint8Array, position: number): number {
    let done = 0
    while (done < into.byteLength) {
      const read = readSync(this.#descriptor, into, done, into.byteLength - done, position + done)
      if (read === 0) break
      done += read
    }
    return done
  }

  write(views: readonly Uint8Array[], position: number): void {
    let left = views
    let at = position
    for (;;) {
      const written = writevSync(this.#descriptor, left, at)
      at += written
      left = withoutFirst(left, written)
      if (left.length === 0) return
      if (written === 0) throw new Error('the file system wrote nothing and reported no error')
    }
  }

  sync(): void {
    fdatasyncSync(this.#descriptor)
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

function withoutFirst(views: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let left = bytes
  for (const [index, view] of views.entries()) {
    if (left < view.byteLength) return [view.subarray(left), ...views.slice(index + 1)]
    left -= view.byteLength
  }
  return []
}
