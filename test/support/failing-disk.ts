/** Loaded into worker threads with `--import`: on command, nothing more can be written to files, or synced. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { BroadcastChannel, isMainThread } from 'node:worker_threads'

const CHANNEL = 'signpost-failing-disk'

/** What a write fails with, or null. */
type Failure = 'EIO' | 'ENOSPC' | null

/** What threads have to be started with to obey. */
export const failingThreads = { execArgv: ['--import', import.meta.url] } as const

/** The disk of all threads that were started so; close it. */
export class FailingDisk implements Disposable {
  readonly #channel = new BroadcastChannel(CHANNEL)

  /** From now on writes fail so, once the threads have heard of it. */
  tell(failure: Failure): void {
    this.#channel.postMessage(failure)
  }

  [Symbol.dispose](): void {
    this.#channel.close()
  }
}

if (!isMainThread) {
  let failure: Failure = null
  const channel = new BroadcastChannel(CHANNEL)
  channel.unref()
  channel.onmessage = (message: unknown) => {
    failure = (message as { readonly data: Failure }).data
  }
  const { writevSync, fdatasyncSync } = fs
  const check = (): void => {
    if (failure !== null) throw Object.assign(new Error(`${failure}: an injected fault`), { code: failure })
  }
  fs.writevSync = (...args) => {
    check()
    return writevSync(...args)
  }
  fs.fdatasyncSync = (...args) => {
    check()
    fdatasyncSync(...args)
  }
  syncBuiltinESMExports()
}
