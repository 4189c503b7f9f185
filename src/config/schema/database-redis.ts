import { documented, optional, setting, sharedSection } from './option.js'
import { tolerant } from './tolerance.js'
import { integer, list, text, toggle } from './values.js'

const port = () => integer({ min: 1, max: 65_535 })

const secret = () => documented(text({ min: 0, max: 4096, noun: 'a password' }), { writeOnly: true })

/** TLS to a server, in the keys that Sockudo has for Redis. */
export const tls = () =>
  tolerant(
    sharedSection({
      enabled: setting(toggle(), false, 'Whether to connect with TLS.'),
      accept_invalid_certs: setting(
        toggle(),
        false,
        'Whether to accept any certificate of the server, even an invalid one.',
      ),
      ca_path: optional(text({ min: 0 }), 'PEM file of the certificate authorities to trust.', { default: null }),
      client_cert_path: optional(text({ min: 0 }), 'PEM file of the client certificate.', { default: null }),
      client_key_path: optional(text({ min: 0 }), 'PEM file of its key.', { default: null }),
    }),
    {
      isForeign: true,
      repair: (given) => renamed(given, 'acceptInvalidCerts', 'accept_invalid_certs'),
    },
  )

const sentinel = tolerant(
  sharedSection({
    host: setting(text(), 'localhost', 'Host.'),
    port: setting(port(), 26_379, 'Port.'),
  }),
  { isForeign: true },
)

export const databaseRedis = tolerant(
  sharedSection({
    host: setting(text(), '127.0.0.1', 'Host; it may start with `redis://` or `rediss://`.'),
    port: setting(port(), 6379, 'Port.'),
    db: setting(integer({ min: 0, max: 65_535 }), 0, 'Database number.'),
    username: optional(text({ min: 0 }), 'User name.', { default: null }),
    password: optional(secret(), 'Password.', { default: null, writeOnly: true }),
    sentinels: setting(
      list(sentinel, 'objects with host and port'),
      [],
      'Sentinels through which the server is found.',
    ),
    name: setting(text(), 'mymaster', 'What the sentinels call the server.'),
    sentinel_username: optional(text({ min: 0 }), 'User name for the sentinels.', { default: null }),
    sentinel_password: optional(secret(), 'Password for the sentinels.', { default: null, writeOnly: true }),
    sentinel_tls: documented(tls().prefault({}), { description: 'TLS to the sentinels.' }),
    master_tls: documented(tls().prefault({}), { description: 'TLS to the server, or to the nodes of the cluster.' }),
  }),
  // Of the adapter and the cache; the queue of Sockudo does not read them either.
  { isForeign: true, foreignKeys: ['key_prefix', 'cluster', 'cluster_nodes'] },
)

function renamed(given: unknown, alias: string, name: string): unknown {
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, alias)) return given
  const { [alias]: value, ...rest } = given as Readonly<Record<string, unknown>>
  return { [name]: value, ...rest }
}
