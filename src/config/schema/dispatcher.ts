import { z } from 'zod'
import { documented, optional, section, setting } from './option.js'
import { choice, integer, share, toggle } from './values.js'

const KiB = 1024
const MiB = 1024 * KiB

export const dispatcher = section({
  shards: optional(
    integer({ min: 1, max: 256, unit: 'threads' }),
    'Worker threads. When not given, one fewer than the cores that the process may use, at least 1. Workers of `node:cluster` divide the cores.',
  ),
  ring_bytes: setting(powerOfTwo(64 * KiB, 1024 * MiB), 4 * MiB, "Size of a shard's ring of events, a power of two."),
  arena_bytes: setting(
    integer({ min: 512 * KiB, max: 2048 * MiB, unit: 'bytes' }),
    64 * MiB,
    "Size of a shard's arena of batches; at least 8 of the largest.",
  ),
  on_full: setting(
    choice(['refuse', 'drop-oldest']),
    'refuse',
    "When there is no room: refuse new events, or drop the endpoint's oldest batch.",
  ),
  endpoint_share: setting(
    share({ above: 0 }),
    0.25,
    'The share of what is free in the arena that one endpoint may hold.',
  ),
  max_in_flight: setting(
    integer({ min: 1, max: 65_535, unit: 'requests' }),
    1024,
    'Requests that a shard has in flight at once. Those of endpoints slower than 1 s have a limit of their own, of the same size.',
  ),
  core_yield: setting(
    toggle(),
    true,
    'Where shards and host use all cores, a shard pauses for some 70 µs in each 0.5 ms, for the host.',
  ),
})

export const deadLetters = section({
  arena_share: setting(share(), 0.25, 'The share of the arena that dead letters may hold; past it the oldest goes.'),
})

function powerOfTwo(min: number, max: number) {
  const error = `a power of two from ${min} to ${max} (bytes)`
  const number = z
    .int({ error })
    .min(min, { error })
    .max(max, { error })
    .refine((given) => Number.isInteger(Math.log2(given)), { error })
  const digits = z.string({ error }).regex(/^\d{1,16}$/, { error })
  return documented(z.union([number, digits.transform(Number).pipe(number)], { error }), { 'x-unit': 'bytes' })
}
