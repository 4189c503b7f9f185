import { monotonicNow, numberOf, unixNow } from '../../time/clocks.js'
import { QueueServerError, StoreDownError } from '../errors.js'
import type { OpenStore, StoreListener } from '../job-store.js'
import { checkServers } from './check-server.js'
import { isLasting } from './connection.js'
import { JobTable } from './job-table.js'
import { LaneReader } from './lane-reader.js'
import { Lanes } from './lanes.js'
import { RedisLink } from './link.js'
import type { RedisStoreOptions } from './options.js'
import { RedisJobs } from './redis-jobs.js'
import { RedisLetters } from './redis-letters.js'
import { openShared } from './shared/open-shared.js'
import { Tending } from './tending.js'

/** Looks for others' lanes in a lease. */
const LOOKS = 15
const LONGEST_LOOK_MS = 1000
/** A call holds up everybody else who uses the server, and most batches that are under way have settled within this time, in ms. */
const COMMIT_EVERY_MS = 20

/** Opens the store of this process in Redis. @throws QueueServerError, StoreDownError */
export async function openRedisStore(
  options: RedisStoreOptions,
): Promise<{ readonly store: OpenStore; readonly warnings: readonly string[] }> {
  const link = new RedisLink(options)
  try {
    const warnings = await checkServers(link)
    if (options.shared !== null) {
      const { store, warnings: more } = await openShared(link, options, options.shared)
      return { store, warnings: [...warnings, ...more] }
    }
    return { store: await openOn(link, options), warnings }
  } catch (error) {
    link.close()
    throw error instanceof StoreDownError && isLasting(error.cause)
      ? new QueueServerError(error.message, { cause: error.cause })
      : error
  }
}

async function openOn(link: RedisLink, options: RedisStoreOptions): Promise<OpenStore> {
  let listener: StoreListener | null = null
  const table = new JobTable()
  const reader = new LaneReader(link, options.concurrency)
  const host = {
    adopted: () => listener?.parked(),
    gone: ({ reason }: { readonly reason: 'lost' | 'taken-over' }, parked: number) =>
      listener?.lost({ reason, parked }),
  }
  const lanes = new Lanes({ link, table, reader, options, host, now: monotonicNow })
  const unixMs = (): number => numberOf(unixNow())
  const deadLetters = await lanes.open()
  const letters = new RedisLetters({
    ...{ table, lanes, reader, limits: options.letters, concurrency: options.concurrency },
    revivedLate: host.adopted,
  })
  const tending = new Tending(Math.min(options.leaseMs / LOOKS, LONGEST_LOOK_MS), async () => {
    await lanes.tend()
    await letters.evict(unixMs())
  })
  const close = async (): Promise<void> => {
    await tending.stop()
    // Leases that cannot be given up run out.
    await lanes.close().catch(() => undefined)
    link.close()
  }
  const { maxBytes, leaseMs } = options
  const jobs = new RedisJobs({ table, lanes, reader, maxBytes, leaseMs, unixNow: unixMs, close })
  return {
    jobs,
    letters,
    recovery: { jobs: table.live.count, events: table.events(), deadLetters, damaged: reader.skipped },
    firstSeq: table.highestSeq + 1,
    commitEveryMs: COMMIT_EVERY_MS,
    figures: () => ({
      jobs: table.live.count,
      bytes: table.live.bytes,
      letters: table.dead.count,
      letterBytes: table.dead.bytes,
      storedBytes: table.live.bytes + table.dead.bytes,
      lettersEvicted: letters.evicted,
      skipped: reader.skipped,
    }),
    listen: (given) => {
      listener = given
    },
  }
}
