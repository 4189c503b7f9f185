import { z } from 'zod'
import { documented, optional, section, setting } from './option.js'
import { choice, integer, share, toggle } from './values.js'

const KiB = 1024
const MiB = 1024 * KiB

export const dispatcher = section({
  shards: optional(
    integer({ min: 1, max: 256, unit: 'threads' }),
    'The number of worker threads. When not given, one fewer than the cores that the process may use, but at least 1. Workers of `node:cluster` share the cores.',
  ),
  ring_bytes: setting(powerOfTwo(64 * KiB, 1024 * MiB), 4 * MiB, "Size of a shard's ring of events, a power of two."),
  arena_bytes: setting(
    integer({ min: 512 * KiB, max: 2048 * MiB, unit: 'bytes' }),
    64 * MiB,
    "Size of a shard's arena, which holds its batches; at least 8 of the largest must fit.",
  ),
  on_full: setting(
    choice(['refuse', 'drop-oldest']),
    'refuse',
    "What to do when there is no room: refuse new events, or drop the endpoint's oldest batch.",
  ),
  endpoint_share: setting(
    share({ above: 0 }),
    0.25,
    "The share of the arena's free memory that one endpoint may hold.",
  ),
  max_in_flight: setting(
    integer({ min: 1, max: 65_535, unit: 'requests' }),
    1024,
    'The most requests that a shard has in flight. Requests to endpoints slower than 1 s have a separate limit of the same size.',
  ),
  core_yield: setting(
    toggle(),
    true,
    'Whether a shard leaves its core to the host for about 70 µs in every 0.5 ms, where shards and host use all cores.',
  ),
})

export const deadLetters = section({
  arena_share: setting(
    share(),
    0.25,
    'The share of the arena that dead letters may hold; beyond it the oldest is dropped.',
  ),
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
