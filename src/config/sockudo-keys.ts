/** Keys of Sockudo's configuration that Signpost does not read. They are neither misspelt nor worth a warning. */

/** Sections and options at the top (`core/options/server.rs`). */
export const SERVER_KEYS: readonly string[] = [
  ...[
    '$schema',
    'ably_compat',
    'activity_timeout',
    'adapter',
    'ai_transport',
    'annotations',
    'cache',
    'channel_limits',
  ],
  ...['cleanup', 'cluster_health', 'connection_recovery', 'cors', 'debug', 'delta_compression', 'echo_control'],
  ...['ephemeral', 'event_limits', 'event_name_filtering', 'health_check_timeout_ms', 'history', 'host', 'http_api'],
  ...['idempotency', 'instance', 'logging', 'max_connections', 'mcp', 'metrics', 'mode', 'path_prefix', 'port'],
  ...['presence', 'presence_history', 'push', 'push_rules', 'rate_limiter', 'shutdown_grace_period', 'ssl'],
  ...['tag_filtering', 'unix_socket', 'user_authentication_timeout', 'versioned_messages', 'websocket'],
  'websocket_max_payload_kb',
]

/** Flat options of an app, which its `policy` replaces as a whole; `webhooks` is one of them (`core/app.rs`). */
export const FLAT_APP_KEYS: readonly string[] = [
  ...['max_connections', 'enable_client_messages', 'max_client_events_per_second', 'max_backend_events_per_second'],
  ...['max_read_requests_per_second', 'max_presence_members_per_channel', 'max_presence_member_size_in_kb'],
  ...['max_channel_name_length', 'max_event_channels_at_once', 'max_event_name_length', 'max_event_payload_in_kb'],
  ...['max_event_batch_size', 'enable_user_authentication', 'enable_watchlist_events', 'allowed_origins'],
  ...['channel_delta_compression', 'channel_namespaces', 'annotations_enabled', 'idempotency', 'connection_recovery'],
  ...['decay_seconds', 'terminate_on_limit', 'message_rate_limit', 'history', 'presence_history'],
]

/** What a record of a database has besides. */
export const RECORD_KEYS: readonly string[] = ['created_at', 'updated_at', 'payload']

export const POLICY_KEYS: readonly string[] = [
  ...['limits', 'features', 'channels', 'idempotency', 'connection_recovery', 'history', 'presence_history'],
]
