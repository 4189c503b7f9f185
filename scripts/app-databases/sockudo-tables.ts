/** The tables as Sockudo's migrations make them. */
const INTEGERS = [
  'max_backend_events_per_second',
  'max_read_requests_per_second',
  'max_presence_members_per_channel',
  'max_presence_member_size_in_kb',
  'max_channel_name_length',
  'max_event_channels_at_once',
  'max_event_name_length',
  'max_event_payload_in_kb',
  'max_event_batch_size',
]
const BOOLEANS = ['enable_user_authentication', 'enable_watchlist_events']
const JSONS = [
  'policy',
  'webhooks',
  'allowed_origins',
  'channel_delta_compression',
  'idempotency',
  'connection_recovery',
]

const columns = (names: readonly string[], type: string): string =>
  names.map((name) => `${name} ${type} NULL`).join(', ')

export const POSTGRESQL_TABLE = `CREATE TABLE applications (
  id VARCHAR(255) PRIMARY KEY,
  key VARCHAR(255) UNIQUE NOT NULL,
  secret VARCHAR(255) NOT NULL,
  max_connections INTEGER NOT NULL,
  enable_client_messages BOOLEAN NOT NULL DEFAULT FALSE,
  enabled BOOLEAN NOT NULL DEFAULT TRUE,
  max_client_events_per_second INTEGER NOT NULL,
  ${columns(INTEGERS, 'INTEGER')}, ${columns(BOOLEANS, 'BOOLEAN')}, ${columns(JSONS, 'JSONB')},
  created_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
)`

export const MYSQL_TABLE = `CREATE TABLE \`applications\` (
  id VARCHAR(255) PRIMARY KEY,
  \`key\` VARCHAR(255) UNIQUE NOT NULL,
  secret VARCHAR(255) NOT NULL,
  max_connections INT UNSIGNED NOT NULL,
  enable_client_messages BOOLEAN NOT NULL DEFAULT FALSE,
  enabled BOOLEAN NOT NULL DEFAULT TRUE,
  max_client_events_per_second INT UNSIGNED NOT NULL,
  ${columns(INTEGERS, 'INT UNSIGNED')}, ${columns(BOOLEANS, 'BOOLEAN')}, ${columns(JSONS, 'JSON')},
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
)`
