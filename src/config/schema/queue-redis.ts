import { z } from 'zod'
import { documented, optional, setting, sharedSection } from './option.js'
import { deadLetters, MOST_BYTES } from './queue-disk.js'
import { tolerant } from './tolerance.js'
import { choice, integer, list, text } from './values.js'

const minute = 60_000
const MiB = 1024 * 1024

const url = () => {
  const redisUrl = text({
    max: 4096,
    pattern: /^rediss?:\/\/\S+$/,
    noun: 'a URL that starts with redis:// or rediss://,',
  })
  return documented(redisUrl, { writeOnly: true })
}

/** A host and a port alone are those of a server without TLS. */
const node = () => {
  return tolerant(url(), {
    repair: (given) => (typeof given === 'string' && /^[\w.-]+:\d+$/.test(given) ? `redis://${given}` : given),
  })
}

const prefix = () => {
  const error = 'a prefix of 1 to 256 characters without { and }, not of colons alone'
  return z
    .string({ error })
    .max(256, { error })
    .regex(/^(?=.*[^\s:])[^{}]*$/, { error })
}

const sharedShape = {
  concurrency: setting(
    integer({ min: 1, max: 1024, unit: 'reads', clamps: 'too much' }),
    5,
    'The most outstanding reads from the store. It never limits deliveries.',
  ),
  prefix: setting(prefix(), 'sockudo_queue:', 'What the keys of the queue start with.'),
  deliver: setting(
    choice(['here', 'consumers']),
    'here',
    'Which processes deliver: the one that accepted the events, or those that consume the queue.',
  ),
  lanes: setting(
    integer({ min: 1, max: 1024, unit: 'streams' }),
    16,
    'The number of lanes that consumers share. The first process that uses the queue decides it.',
  ),
  wait_replicas: setting(
    integer({ min: 0, max: 16, unit: 'replicas' }),
    0,
    'How many replicas must have a batch before it counts as stored.',
  ),
  max_bytes: setting(
    integer({ min: MiB, max: MOST_BYTES, unit: 'bytes' }),
    1024 * MiB,
    'The most bytes that one process may store; with `deliver: "consumers"`, the most per lane.',
  ),
  dead_letters: documented(deadLetters.prefault({}), {
    description: 'How many dead letters are kept, and for how long.',
  }),
}

const timeout = () => integer({ min: 0, max: 10 * minute, unit: 'ms', clamps: 'too much' })

export const redis = tolerant(
  sharedSection({
    ...sharedShape,
    url_override: optional(
      url(),
      'The Redis server, if it is not that of `database.redis`. `REDIS_URL` overrides it.',
      {
        writeOnly: true,
      },
    ),
    response_timeout_ms: setting(timeout(), 5000, 'How long an answer may take; 0 sets no limit.'),
  }),
  // Sockudo has this option as well, and no code of its queue reads it.
  { isForeign: true, foreignKeys: ['cluster_mode'] },
)

export const redisCluster = tolerant(
  sharedSection({
    ...sharedShape,
    nodes: setting(
      list(node(), 'URLs that start with redis:// or rediss://'),
      ['redis://127.0.0.1:6379'],
      'Nodes through which the cluster is found, with their credentials. `REDIS_CLUSTER_NODES` overrides it.',
    ),
    request_timeout_ms: setting(timeout(), 5000, 'How long an answer may take; 0 sets no limit.'),
  }),
  { isForeign: true },
)
