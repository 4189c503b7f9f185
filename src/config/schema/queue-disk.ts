import { documented, section, setting } from './option.js'
import { choice, integer, text } from './values.js'

const MiB = 1024 * 1024
const GiB = 1024 * MiB
const day = 86_400_000

export const MOST_BYTES = 1024 * 1024 * GiB

/** What a store keeps of deliveries that were given up. */
export const deadLetters = section({
  max_bytes: setting(
    integer({ min: 0, max: MOST_BYTES, unit: 'bytes' }),
    GiB,
    'The most that dead letters may take up; beyond it the oldest is dropped.',
  ),
  max_age_ms: setting(integer({ min: 0, max: 3650 * day, unit: 'ms' }), 14 * day, 'How long a dead letter is kept.'),
})

export const disk = section({
  path: setting(text({ max: 4096 }), './signpost-queue', 'The folder of the journal.'),
  max_bytes: setting(
    integer({ min: MiB, max: MOST_BYTES, unit: 'bytes' }),
    4 * GiB,
    'The most disk space that the journal may take up.',
  ),
  max_jobs: setting(
    integer({ min: 1, max: 1_000_000_000, unit: 'batches' }),
    4_000_000,
    'The most batches that may be stored.',
  ),
  sync: setting(
    choice(['power', 'process']),
    'power',
    'What stored batches survive: a power cut, or only the death of the process.',
  ),
  after_ms: setting(
    integer({ min: 0, max: 60_000, unit: 'ms' }),
    0,
    'How old a batch must be before it is stored; one that is delivered sooner never is.',
  ),
  orphan_grace_ms: setting(
    integer({ min: 0, max: 365 * day, unit: 'ms' }),
    day,
    'How long batches of a webhook that is gone are kept before they become dead letters.',
  ),
  dead_letters: documented(deadLetters.prefault({}), {
    description: 'How many dead letters are kept, and for how long.',
  }),
})
