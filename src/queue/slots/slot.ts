import { existsSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ClaimSocket } from './claim-socket.js'
import { codeOf } from './folders.js'
import { beat, endBeats } from './heartbeat.js'
import { type Claim, claimFileName, folderName } from './names.js'
import type { SlotRoot } from './root.js'

/** A slot that this process owns: nobody else reads or writes its folder until `release`, or until `isOurs` is false. */
export class Slot {
  readonly #root: SlotRoot
  readonly #socket: ClaimSocket
  readonly #timer: NodeJS.Timeout
  readonly #lock: string
  #beatFailure: unknown = null
  #isLost = false
  #released: Promise<void> | null = null

  /**
   * @param claim won, with a first heartbeat
   * @param socket of that claim
   */
  constructor(
    root: SlotRoot,
    readonly claim: Claim,
    socket: ClaimSocket,
  ) {
    this.#root = root
    this.#socket = socket
    this.#lock = join(root.path, claimFileName('lock', claim))
    this.#timer = setInterval(() => this.#beat(), root.beatEveryMs)
    this.#timer.unref()
  }

  get number(): number {
    return this.claim.number
  }

  get folder(): string {
    return join(this.#root.path, folderName(this.claim.number))
  }

  get token(): string {
    return this.claim.token
  }

  /** Why the last heartbeat could not be written, or null. Without heartbeats another machine takes the slot after 30 s. */
  get beatFailure(): unknown {
    return this.#beatFailure
  }

  /**
   * Whether the slot may still be written: to be asked before each commit. A process that was stopped for more than 30 s may have lost it to
   * another machine, for good. Takes some microseconds.
   */
  isOurs(): boolean {
    if (this.#released !== null || this.#isLost) return false
    this.#isLost = !existsSync(this.#lock)
    return !this.#isLost
  }

  /** Frees the slot, at once. Its folder stays unless it is empty. Nothing of it may be open any more. */
  release(): Promise<void> {
    this.#released ??= this.#release(this.isOurs())
    return this.#released
  }

  async #release(isOurs: boolean): Promise<void> {
    clearInterval(this.#timer)
    try {
      if (isOurs) removeIfEmpty(this.folder)
      endBeats(this.#root.path, this.claim)
      rmSync(this.#lock, { force: true })
    } finally {
      await this.#socket.close()
    }
  }

  #beat(): void {
    if (!this.isOurs()) return
    try {
      beat(this.#root.path, this.claim, this.#root.identity)
      this.#beatFailure = null
    } catch (error) {
      this.#beatFailure = error
    }
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error
  }
}
