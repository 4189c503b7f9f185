import { databaseRedis, tls } from './database-redis.js'
import { httpUrl } from './http-url.js'
import { documented, optional, setting, sharedSection } from './option.js'
import { tolerant } from './tolerance.js'
import { integer, text, toggle } from './values.js'

const poolSize = (min: number) => integer({ min, max: 10_000, unit: 'connections', clamps: 'too much' })

const port = () => integer({ min: 1, max: 65_535 })

const password = () => documented(text({ min: 0, max: 4096, noun: 'a password' }), { writeOnly: true })

const sql = (name: string) =>
  tolerant(
    sharedSection({
      host: setting(text(), 'localhost', `Host of ${name}.`),
      // PostgreSQL too: one table of defaults serves both in Sockudo.
      port: setting(port(), 3306, `Port of ${name}; Sockudo's default is the same for both databases.`),
      username: setting(text({ min: 0 }), 'root', 'User name.'),
      password: setting(password(), '', 'Password.'),
      database: setting(text(), 'sockudo', 'Name of the database.'),
      table_name: setting(text(), 'applications', 'The table that holds the apps.'),
      connection_pool_size: setting(poolSize(1), 10, 'The most connections while `database_pooling.enabled` is false.'),
      pool_min: optional(poolSize(0), 'The fewest connections; overrides `database_pooling.min`.', {
        default: null,
      }),
      pool_max: optional(poolSize(1), 'The most connections; overrides `database_pooling.max`.', { default: null }),
      tls: documented(tls().prefault({}), { description: `TLS to ${name}. Sockudo has no such option.` }),
    }),
    { isForeign: true, foreignKeys: ['cache_ttl', 'cache_cleanup_interval', 'cache_max_capacity'] },
  )

const dynamodb = tolerant(
  sharedSection({
    region: setting(text({ max: 64 }), 'us-east-1', 'AWS region.'),
    table_name: setting(text(), 'sockudo-applications', 'The table that holds the apps.'),
    endpoint_url: optional(httpUrl(), 'URL of a DynamoDB service other than that of AWS.', { default: null }),
    aws_access_key_id: optional(text(), 'When not given, the AWS SDK finds the credentials.', {
      default: null,
      writeOnly: true,
    }),
    aws_secret_access_key: optional(text(), 'Belongs to `aws_access_key_id`.', { default: null, writeOnly: true }),
    aws_profile_name: optional(text(), 'The name of a profile in the AWS configuration.', { default: null }),
  }),
  { isForeign: true },
)

const unread = () => optional(sharedSection({}), "A setting of Sockudo's that Signpost ignores.")

const options = sharedSection({
  redis: documented(databaseRedis.prefault({}), { description: 'The Redis server of the queue driver `redis`.' }),
  mysql: documented(sql('MySQL').prefault({}), { description: 'For the app manager `mysql`.' }),
  postgres: documented(sql('PostgreSQL').prefault({}), { description: 'For the app manager `pgsql`.' }),
  dynamodb: documented(dynamodb.prefault({}), { description: 'For the app manager `dynamodb`.' }),
  surrealdb: unread(),
  scylladb: unread(),
})

export const database = tolerant(options, {
  isForeign: true,
  repair: (given) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
    return Object.fromEntries(Object.entries(given).filter(([key]) => key !== 'surrealdb' && key !== 'scylladb'))
  },
})

export const databasePooling = tolerant(
  sharedSection({
    enabled: setting(toggle(), true, 'Whether `min` and `max` apply; if false, `connection_pool_size` does.'),
    min: setting(poolSize(0), 2, 'The fewest connections.'),
    max: setting(poolSize(1), 10, 'The most connections.'),
  }),
  { isForeign: true },
)
