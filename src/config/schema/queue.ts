import { documented, optional, section, setting, sharedSection } from './option.js'
import { choice, integer, text, toggle } from './values.js'

const redis = section({
  concurrency: setting(
    integer({ min: 1, max: 1024, unit: 'batches' }),
    5,
    'Batches that one consumer handles at once.',
  ),
  prefix: setting(text({ max: 256 }), 'sockudo_queue:', 'What the keys of the queue start with.'),
  url_override: optional(
    text({ pattern: /^rediss?:\/\/\S+$/, noun: 'a URL that starts with redis:// or rediss://,' }),
    'The Redis server, when it is not that of `database.redis`.',
    { writeOnly: true },
  ),
  cluster_mode: setting(toggle(), false, 'The server is a Redis Cluster.'),
})

const unread = () => optional(sharedSection({}), "Options of Sockudo's queue; not read.")

export const queue = section({
  driver: setting(
    choice(['memory', 'disk', 'redis', 'redis-cluster', 'sqs']),
    'memory',
    'Where batches wait that are not delivered yet.',
  ),
  redis: documented(redis.prefault({}), { description: 'For the drivers `redis` and `redis-cluster`.' }),
  redis_cluster: unread(),
  sqs: unread(),
  nats: unread(),
  pulsar: unread(),
  rabbitmq: unread(),
  google_pubsub: unread(),
  kafka: unread(),
  iggy: unread(),
})
