/** Loaded into worker threads with `--import`: the first takeover of a shard throws when it is nearly done. */
import { isMainThread } from 'node:worker_threads'

/** What worker threads have to be started with. */
export const failingTakeOver = { execArgv: ['--import', import.meta.url] } as const

if (!isMainThread) {
  const { Shard } = await import('../../src/shard/shard.js')
  const { start } = Shard.prototype
  Shard.prototype.start = function (apps) {
    const recovery = start.call(this, apps)
    if (this.restarts === 1) throw new Error('a takeover failed')
    return recovery
  }
}
