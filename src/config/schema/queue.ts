import { documented, optional, section, setting, sharedSection } from './option.js'
import { disk } from './queue-disk.js'
import { redis, redisCluster } from './queue-redis.js'
import { sqs } from './queue-sqs.js'
import { tolerant } from './tolerance.js'
import { choice, text, toggle } from './values.js'

const DRIVERS = ['memory', 'disk', 'redis', 'redis-cluster', 'sqs', 'none'] as const

/** Brokers that Sockudo can have as its queue. */
const BROKERS = ['nats', 'pulsar', 'rabbitmq', 'google-pubsub', 'kafka', 'iggy', 'sns'] as const

const SECTIONS_OF_BROKERS = [
  'nats',
  'pulsar',
  'rabbitmq',
  'google_pubsub',
  'kafka',
  'iggy',
  'sns',
  'reliability',
] as const

const unread = () => optional(sharedSection({}), "Options of Sockudo's queue, which Signpost ignores.")

const options = section({
  driver: setting(
    driver(),
    'memory',
    'Where undelivered batches wait. `none` turns webhooks off, as in Sockudo. `QUEUE_DRIVER` overrides it.',
  ),
  on_failure: setting(
    choice(['memory', 'refuse']),
    'memory',
    'What to do while the store is down: `memory` keeps accepting events and holds them in memory, from where they are delivered unless other processes deliver them; `refuse` refuses them.',
  ),
  consume: optional(
    toggle(),
    'Whether this process delivers from a queue that processes share. When not given, `signpost run` does and a host does not.',
    { default: null },
  ),
  spill_path: optional(
    text(),
    'Not used in this version; the driver `disk` keeps undelivered batches across restarts.',
    {
      default: null,
    },
  ),
  disk: documented(disk.prefault({}), { description: 'For the driver `disk`.' }),
  redis: documented(redis.prefault({}), { description: 'For the driver `redis`.' }),
  redis_cluster: documented(redisCluster.prefault({}), { description: 'For the driver `redis-cluster`.' }),
  sqs: documented(sqs.prefault({}), { description: 'For the driver `sqs`.' }),
  nats: unread(),
  pulsar: unread(),
  rabbitmq: unread(),
  google_pubsub: unread(),
  kafka: unread(),
  iggy: unread(),
  sns: unread(),
  reliability: unread(),
})

export const queue = tolerant(options, {
  repair: (given) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
    const read = Object.entries(given).filter(([key]) => !SECTIONS_OF_BROKERS.some((name) => name === key))
    return Object.fromEntries(read)
  },
})

function driver() {
  return tolerant(
    choice(DRIVERS, (given) => {
      return BROKERS.some((name) => name === given)
        ? `another driver: only Sockudo has the queue ${given}. Use "disk" for one machine, "redis", "redis-cluster" or "sqs" for ` +
            'many, or "memory"; QUEUE_DRIVER sets it without changing the file'
        : null
    }),
    {
      repair: (given, warn) => {
        if (given === 'none') {
          warn([], 'webhooks are off, as in Sockudo: all events are refused; "memory" delivers them without a store')
        }
        return given
      },
    },
  )
}
