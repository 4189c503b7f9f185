import { openHandedOver } from '../../handed-over/handed-over-store.js'
import type { OpenStore } from '../../job-store.js'
import { laneKeys, sharedLane } from '../keys.js'
import { LaneReader } from '../lane-reader.js'
import type { RedisLink } from '../link.js'
import type { RedisStoreOptions } from '../options.js'
import { SharedFigures } from './lane-figures.js'
import { Members } from './members.js'
import { SharedLetters } from './shared-letters.js'
import { SharedQueue } from './shared-queue.js'

/** Opens the queue that processes share. @throws StoreDownError */
export async function openShared(
  link: RedisLink,
  { prefix, owner, leaseMs, maxBytes, concurrency, letters: limits }: RedisStoreOptions,
  { lanes: wanted, consumes }: NonNullable<RedisStoreOptions['shared']>,
): Promise<{ readonly store: OpenStore; readonly warnings: readonly string[] }> {
  const members = new Members(link, prefix, owner)
  const count = await members.lanes(wanted)
  const lanes = Array.from({ length: count }, (_, number) => laneKeys(prefix, sharedLane(number)))
  const figures = new SharedFigures(link, lanes)
  const letters = new SharedLetters(link, lanes, () => {
    figures.skipped += 1
  })
  const reader = new LaneReader(link, concurrency)
  const queue = new SharedQueue({
    ...{ link, reader, members, figures, lanes, prefix, owner, leaseMs, maxBytes, letters: limits },
  })
  const isOther = count !== wanted
  const warning = `the queue has ${count} lanes, as set by the first process that used it: the number ${wanted} of this configuration is ignored`
  return { store: openHandedOver(queue, letters, consumes), warnings: isOther ? [warning] : [] }
}
